//! The file format of a region tree: `tree.toml` and the CSV files beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// `tree.toml`, whose comments in `config/regions/us/` explain every key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub root: RootPlan,
    pub levels: Vec<LevelPlan>,
    pub postcode: PostcodePlan,
    pub moves: MovesPlan,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
}

/// The region everything lies beneath.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RootPlan {
    pub code: String,
    pub name: String,
    pub timezone: Option<String>,
}

/// One level; the root's has no file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelPlan {
    pub key: String,
    pub singular: String,
    pub plural: String,
    pub message: String,
    pub file: Option<String>,
    #[serde(default)]
    pub path: Vec<String>,
    pub name: Option<String>,
    pub label: Option<String>,
    pub lat: Option<String>,
    pub lon: Option<String>,
    pub population: Option<String>,
    pub timezone: Option<String>,
}

/// Which level lists the postcodes, and how they are typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PostcodePlan {
    pub level: String,
    pub column: String,
    pub kind: Option<String>,
    pub forms: Vec<String>,
    pub keep: Option<usize>,
    pub prefixes: Option<PrefixPlan>,
}

/// Where postcodes belong that are not listed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrefixPlan {
    pub file: String,
    pub column: String,
    pub path: Vec<String>,
}

/// How far a person may move without asking.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MovesPlan {
    pub level: String,
    pub km: f64,
}

/// Why a tree cannot be used: one sentence that names the file and, where there is one, the line.
#[derive(Debug)]
pub struct TreeError {
    file: String,
    line: Option<u64>,
    what: String,
}

impl TreeError {
    /// An error in `file`, at `line` (from 1) if one is to blame.
    pub(super) fn new(file: &str, line: Option<u64>, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}.", self.what)
    }
}

impl std::error::Error for TreeError {}

/// Where the files of a tree come from.
pub(super) enum Source<'a> {
    /// Compiled in: pairs of a file's name and its text.
    Embedded(&'a [(&'a str, &'a str)]),
    /// A folder on disk.
    Folder(&'a Path),
}

impl Source<'_> {
    /// How a file is called in errors.
    pub fn title(&self, file: &str) -> String {
        match self {
            Self::Embedded(_) => file.to_owned(),
            Self::Folder(folder) => folder.join(file).display().to_string(),
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When it is absent or no UTF-8.
    pub fn read(&self, file: &str) -> Result<std::borrow::Cow<'_, str>, TreeError> {
        let text = match self {
            Self::Embedded(files) => files
                .iter()
                .find(|(name, _)| *name == file)
                .map(|(_, text)| std::borrow::Cow::Borrowed(*text))
                .ok_or_else(|| "there is no such file".to_owned()),
            Self::Folder(folder) => std::fs::read_to_string(folder.join(file))
                .map(std::borrow::Cow::Owned)
                .map_err(|error| format!("it cannot be read ({error})")),
        };
        text.map_err(|what| TreeError::new(&self.title(file), None, what))
    }

    /// Reads `tree.toml` and checks what can be checked without the other files.
    ///
    /// # Errors
    /// What is wrong, with its line where one is known.
    pub fn plan(&self) -> Result<Plan, TreeError> {
        let text = self.read("tree.toml")?;
        let title = self.title("tree.toml");
        let plan: Plan = toml::from_str(&text).map_err(|error| {
            let line = error.span().and_then(|span| line_of(&text, span.start));
            TreeError::new(&title, line, error.message().replace('\n', ", "))
        })?;
        check(&plan).map_err(|what| TreeError::new(&title, None, what))?;
        Ok(plan)
    }
}

/// The line, from 1, on which byte `at` of `text` stands.
fn line_of(text: &str, at: usize) -> Option<u64> {
    let before = text.get(..at)?;
    u64::try_from(before.matches('\n').count())
        .ok()
        .map(|line| line + 1)
}

fn check(plan: &Plan) -> Result<(), String> {
    if plan.levels.len() < 2 || plan.levels.len() > 16 {
        return Err("“levels” needs at least two, root and turf, and at most sixteen".into());
    }
    for (depth, level) in plan.levels.iter().enumerate() {
        let key = &level.key;
        if depth == 0 && level.file.is_some() {
            return Err(format!(
                "the first level, “{key}”, is the root and reads no file"
            ));
        }
        if depth > 0 && (level.file.is_none() || level.path.is_empty() || level.name.is_none()) {
            return Err(format!("the level “{key}” needs “file”, “path” and “name”"));
        }
        if level.lat.is_some() != level.lon.is_some() {
            return Err(format!(
                "the level “{key}” needs both “lat” and “lon”, or neither"
            ));
        }
        if plan.levels[..depth]
            .iter()
            .any(|earlier| earlier.key == *key)
        {
            return Err(format!("the level “{key}” is there twice"));
        }
    }
    for (whose, key) in [
        ("postcode", &plan.postcode.level),
        ("moves", &plan.moves.level),
    ] {
        if !plan.levels[1..].iter().any(|level| level.key == *key) {
            return Err(format!(
                "“{whose}” names the level “{key}”, which reads no file"
            ));
        }
    }
    if !(plan.moves.km.is_finite() && plan.moves.km >= 0.0) {
        return Err("“moves.km” must be 0 or more".into());
    }
    Ok(())
}
