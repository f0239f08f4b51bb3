//! Builds a `Tree` from its files: rows to regions, regions to a walk from the root down.

use std::borrow::Cow;

use chrono_tz::Tz;

use super::code::RegionCode;
use super::distance::Point;
use super::format::{LevelPlan, Plan, Source, TreeError};
use super::link::{Draft, index, link, sum_up};
use super::node::{Entry, Level};
use super::postcode::Forms;
use super::table::{Row, Table};
use super::text::Text;
use super::tree::Tree;
use super::zones;

/// Reads a whole tree.
///
/// # Errors
/// The first thing that is wrong, with file and line.
pub(super) fn load(source: &Source<'_>) -> Result<Tree, TreeError> {
    let plan = source.plan()?;
    let settings = source.title("tree.toml");
    let in_settings = |what: String| TreeError::new(&settings, None, what);
    let forms = Forms::new(plan.postcode.forms.clone(), plan.postcode.keep).map_err(in_settings)?;

    let mut builder = Builder {
        source,
        plan: &plan,
        forms: &forms,
        text: Text::default(),
        zones: Vec::new(),
    };
    let root = builder.root().map_err(in_settings)?;
    let mut drafts = vec![(root, 0)];
    for depth in 1..plan.levels.len() {
        builder.read_level(depth, &mut drafts)?;
    }
    drafts.sort_unstable_by(|(a, _), (b, _)| a.code.cmp(&b.code));
    link(&plan, source, &mut drafts)?;
    let mut entries: Vec<Entry> = drafts.iter().map(|(entry, _)| entry.clone()).collect();
    builder.rename(&mut entries).map_err(in_settings)?;
    let postcodes = builder.postcodes(&drafts)?;
    let prefixes = builder.prefixes(&entries)?;

    sum_up(&mut entries);
    let utc = builder.zone(Tz::UTC);
    zones::resolve(&mut entries, utc);
    let Builder { text, zones, .. } = builder;
    let codes = entries.iter().map(|entry| entry.code.clone());
    Ok(Tree {
        places: codes.zip(0..).collect(),
        levels: plan
            .levels
            .iter()
            .enumerate()
            .map(|(depth, level)| Level::new(depth, level))
            .collect(),
        move_level: plan
            .levels
            .iter()
            .position(|l| l.key == plan.moves.level)
            .unwrap_or(0),
        move_km: plan.moves.km,
        text: text.all.into_boxed_str(),
        entries,
        zones,
        postcodes,
        prefixes,
        forms,
    })
}

/// What is gathered while the files are read.
struct Builder<'a> {
    source: &'a Source<'a>,
    plan: &'a Plan,
    forms: &'a Forms,
    text: Text,
    zones: Vec<Tz>,
}

impl Builder<'_> {
    /// The root's entry; the error is one clause.
    fn root(&mut self) -> Result<Entry, String> {
        let root = &self.plan.root;
        let mut entry = Entry::new(
            RegionCode::parse(&root.code).map_err(|error| error.to_string())?,
            0,
        );
        entry.short = self.text.once(&root.name);
        entry.name = entry.short;
        entry.zone = root
            .timezone
            .as_deref()
            .map(|name| self.zone_named(name))
            .transpose()?;
        Ok(entry)
    }

    /// Appends the regions of one level's file.
    fn read_level(&mut self, depth: usize, drafts: &mut Vec<Draft>) -> Result<(), TreeError> {
        let plan = self.plan;
        let level = &plan.levels[depth];
        let mut table = Table::open(self.source, level.file.as_deref().unwrap_or_default())?;
        let columns = Columns::find(&table, level, plan)?;
        let level_number = u8::try_from(depth).unwrap_or(u8::MAX);
        while let Some(row) = table.next_row()? {
            let entry = self
                .entry(&row, &columns, level, level_number)
                .map_err(|what| row.error(what))?;
            drafts.push((entry, row.line));
        }
        Ok(())
    }

    /// One row as a region; the error is one clause.
    fn entry(
        &mut self,
        row: &Row<'_>,
        columns: &Columns,
        level: &LevelPlan,
        depth: u8,
    ) -> Result<Entry, String> {
        let mut entry = Entry::new(code_of(&self.plan.root.code, row, &columns.path)?, depth);
        let own_part = columns.path.last().map_or("", |&column| row.get(column));
        if own_part.is_empty() {
            return Err("its own part of the path is blank".into());
        }
        let postcode = columns.postcode.map_or("", |column| row.get(column));
        if columns.postcode.is_some() {
            if self.forms.normalise(postcode).as_deref() != Ok(postcode) {
                return Err(format!("“{postcode}” has none of the forms of a postcode"));
            }
            entry.postcode = self.text.push(postcode);
            let kind = columns.kind.map_or("", |column| row.get(column));
            entry.kind = self.text.once(kind);
        }
        let name = row.get(columns.name);
        // A postcode without a city is still a turf with a name: its postcode.
        let shown = match level.label.as_deref() {
            None => Cow::Borrowed(name),
            Some("{name} {postcode}") => Cow::Owned(format!("{name} {postcode}")),
            Some(label) => {
                let named = label.replace("{name}", name);
                Cow::Owned(named.replace("{postcode}", postcode))
            }
        };
        let shown = shown.trim();
        if shown.is_empty() {
            return Err("the name is missing".into());
        }
        entry.short = self.text.once(name);
        entry.name = if shown == name {
            entry.short
        } else {
            self.text.push(shown)
        };
        entry.point = columns
            .point
            .map_or(Ok(None), |(lat, lon)| point(row.get(lat), row.get(lon)))?;
        let population = columns.population.map_or("", |column| row.get(column));
        if !population.is_empty() {
            entry.population = Some(
                population
                    .parse()
                    .map_err(|_| format!("“{population}” is no number of people"))?,
            );
        }
        let zone = columns.timezone.map_or("", |column| row.get(column));
        if !zone.is_empty() {
            entry.zone = Some(self.zone_named(zone)?);
        }
        Ok(entry)
    }

    /// Applies `[names]`; the error is one clause.
    fn rename(&mut self, entries: &mut [Entry]) -> Result<(), String> {
        for (code, name) in &self.plan.names {
            let at = entries
                .binary_search_by(|entry| entry.code.as_str().cmp(code))
                .map_err(|_| format!("“names” speaks of {code}, which is not in the tree"))?;
            entries[at].name = self.text.push(name);
        }
        Ok(())
    }

    /// The regions that are postcodes, in the order of these.
    fn postcodes(&self, drafts: &[Draft]) -> Result<Vec<u32>, TreeError> {
        let text = |at: u32| drafts[at as usize].0.postcode.of(&self.text.all);
        // In the order of the file, which may be theirs already.
        let last = drafts.iter().map(|(_, line)| *line).max().unwrap_or(0);
        let mut lines = vec![None; usize::try_from(last).unwrap_or(0) + 1];
        for (at, (entry, line)) in (0..).zip(drafts) {
            if entry.postcode.len > 0
                && let Some(place) = usize::try_from(*line)
                    .ok()
                    .and_then(|line| lines.get_mut(line))
            {
                *place = Some(at);
            }
        }
        let mut listed: Vec<u32> = lines.into_iter().flatten().collect();
        if !listed.is_sorted_by(|&a, &b| text(a) <= text(b)) {
            listed.sort_unstable_by(|&a, &b| text(a).cmp(text(b)));
        }
        if let Some(pair) = listed
            .windows(2)
            .find(|pair| text(pair[0]) == text(pair[1]))
        {
            let (entry, line) = &drafts[pair[1] as usize];
            let file = self.plan.levels[usize::from(entry.level)]
                .file
                .as_deref()
                .unwrap_or_default();
            let what = format!("the postcode {} is there twice", text(pair[1]));
            return Err(TreeError::new(&self.source.title(file), Some(*line), what));
        }
        Ok(listed)
    }

    /// The known beginnings of postcodes, in order, with their regions.
    fn prefixes(&self, entries: &[Entry]) -> Result<Vec<(Box<str>, u32)>, TreeError> {
        let Some(plan) = &self.plan.postcode.prefixes else {
            return Ok(Vec::new());
        };
        let mut table = Table::open(self.source, &plan.file)?;
        let prefix = table.column(&plan.column)?;
        let path = plan
            .path
            .iter()
            .map(|name| table.column(name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut known = Vec::new();
        while let Some(row) = table.next_row()? {
            let code =
                code_of(&self.plan.root.code, &row, &path).map_err(|what| row.error(what))?;
            let at = entries
                .binary_search_by(|entry| entry.code.cmp(&code))
                .map_err(|_| row.error(format!("the region {code} is not in the tree")))?;
            if row.get(prefix).is_empty() {
                return Err(row.error("the prefix is missing"));
            }
            known.push((Box::from(row.get(prefix)), index(at)));
        }
        known.sort_unstable();
        if let Some(pair) = known.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let what = format!("the prefix {} is there twice", pair[0].0);
            return Err(TreeError::new(&self.source.title(&plan.file), None, what));
        }
        Ok(known)
    }

    fn zone_named(&mut self, name: &str) -> Result<u16, String> {
        let zone: Tz = name
            .parse()
            .map_err(|_| format!("“{name}” is no time zone of the IANA list"))?;
        Ok(self.zone(zone))
    }

    fn zone(&mut self, zone: Tz) -> u16 {
        let at = self
            .zones
            .iter()
            .position(|known| *known == zone)
            .unwrap_or_else(|| {
                self.zones.push(zone);
                self.zones.len() - 1
            });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}

/// Where the columns of a level's file stand.
struct Columns {
    path: Vec<usize>,
    name: usize,
    point: Option<(usize, usize)>,
    population: Option<usize>,
    timezone: Option<usize>,
    postcode: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn find(table: &Table<'_>, level: &LevelPlan, plan: &Plan) -> Result<Self, TreeError> {
        let optional = |name: Option<&str>| name.map(|name| table.column(name)).transpose();
        let postcodes = (plan.postcode.level == level.key).then_some(&plan.postcode);
        Ok(Self {
            path: level
                .path
                .iter()
                .map(|name| table.column(name))
                .collect::<Result<_, _>>()?,
            name: table.column(level.name.as_deref().unwrap_or_default())?,
            point: optional(level.lat.as_deref())?.zip(optional(level.lon.as_deref())?),
            population: optional(level.population.as_deref())?,
            timezone: optional(level.timezone.as_deref())?,
            postcode: optional(postcodes.map(|p| p.column.as_str()))?,
            kind: optional(postcodes.and_then(|p| p.kind.as_deref()))?,
        })
    }
}

/// The code a row's path columns make; the error is one clause.
fn code_of(root: &str, row: &Row<'_>, path: &[usize]) -> Result<RegionCode, String> {
    let mut code = String::with_capacity(32);
    code.push_str(root);
    for value in path
        .iter()
        .map(|&column| row.get(column))
        .filter(|value| !value.is_empty())
    {
        code.push('-');
        let bytes = value.as_bytes();
        if bytes.contains(&b' ') || bytes.contains(&b'-') {
            code.extend(value.chars().filter(|c| !matches!(c, ' ' | '-')));
        } else {
            code.push_str(value);
        }
    }
    code.make_ascii_lowercase();
    RegionCode::parse(&code).map_err(|error| error.to_string())
}

/// A point from two columns that are blank together or not at all; the error is one clause.
fn point(lat: &str, lon: &str) -> Result<Option<Point>, String> {
    if lat.is_empty() && lon.is_empty() {
        return Ok(None);
    }
    match (lat.parse::<f64>(), lon.parse::<f64>()) {
        (Ok(lat), Ok(lon)) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => {
            Ok(Some(Point { lat, lon }))
        }
        _ => Err(format!("“{lat}”, “{lon}” is no place on Earth in degrees")),
    }
}
