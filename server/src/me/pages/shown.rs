//! `/me` as it is shown: the profile as it is stored, or as it was just typed.

use askama::Template;

use super::typed::values;
use crate::accounts::{self, INTERESTS};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::http::Faults;
use crate::ids::SessionId;
use crate::matching;
use crate::matching::KM_PER_MILE;
use crate::sessions::Viewer;
use crate::volunteers::{Change, Profile, languages, skills};
use crate::words::Lang;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const THIRDS: [&str; 3] = ["am", "pm", "eve"];
/// Languages offered at once; the others stand behind a summary.
const FIRST: usize = 8;
/// The most miles that can be given: 1,000 km.
const MILES: &str = "621";

/// What stands in the fields.
pub struct Shown {
    profile: Profile,
    faults: Faults,
    /// A postcode.
    zip: String,
    /// Miles.
    travel: String,
    /// A week.
    hours: String,
    /// With commas between.
    access: String,
}

impl Shown {
    /// The profile as it is stored.
    pub fn of(profile: Profile) -> Self {
        let travel = profile
            .travel_km
            .map(|km| format!("{:.0}", f64::from(km) / KM_PER_MILE));
        Self {
            faults: Faults::default(),
            zip: profile.zip.clone().unwrap_or_default(),
            travel: travel.unwrap_or_default(),
            hours: profile
                .weekly_hours
                .map(|hours| hours.to_string())
                .unwrap_or_default(),
            access: profile.access_needs.join(", "),
            profile,
        }
    }

    /// What was typed, over what is stored, so that a refused form loses nothing.
    pub fn again(
        mut profile: Profile,
        fields: &[(String, String)],
        change: &Change,
        errors: &FieldErrors,
        l: &Lang,
    ) -> Self {
        let Change {
            name,
            skills,
            languages,
            interests,
            availability,
            quiet,
            honour_roll,
            adult,
            ..
        } = change.clone();
        profile.name = name.unwrap_or(profile.name);
        profile.skills = skills.unwrap_or(profile.skills);
        profile.languages = languages.unwrap_or(profile.languages);
        profile.interests = interests.unwrap_or(profile.interests);
        profile.availability = availability.unwrap_or(profile.availability);
        profile.quiet = quiet.unwrap_or(profile.quiet);
        profile.honour_roll = honour_roll.unwrap_or(profile.honour_roll);
        profile.adult = adult.unwrap_or(profile.adult);
        let typed = |name| values(fields, name).next().unwrap_or_default().to_owned();
        Self {
            faults: faults(errors, l),
            zip: typed("zip"),
            travel: typed("travel"),
            hours: typed("hours"),
            access: typed("access"),
            profile,
        }
    }
}

/// What is wrong, under the ids of the page's fields.
fn faults(errors: &FieldErrors, l: &Lang) -> Faults {
    let said = errors.0.iter().map(|(field, why)| {
        let id = match field.as_str() {
            "availability" => "when",
            "travel_km" => "travel",
            "weekly_hours" => "hours",
            "access_needs" => "access",
            skill if skill.starts_with("skills") => "skills",
            other => other,
        };
        // The profile's range is in kilometres.
        let why = if id == "travel" {
            l.say("me-travel-range").with("most", MILES).to_string()
        } else {
            l.sentence(why)
        };
        (id.to_owned(), why)
    });
    Faults(said.collect())
}

/// The page.
#[derive(Template)]
#[template(path = "me/index.html")]
pub struct Index {
    l: Lang,
    days: [&'static str; 7],
    thirds: [&'static str; 3],
    shown: Shown,
    saved: bool,
    interests: Vec<Picture>,
    groups: Vec<SkillGroup>,
    first: Vec<Choice>,
    more: Vec<Choice>,
    counties: Vec<Choice>,
    sessions: Vec<OpenSession>,
    invitation: Option<String>,
}

struct Picture {
    kind: &'static str,
    icon: &'static str,
    chosen: bool,
}

struct SkillGroup {
    name: String,
    open: bool,
    skills: Vec<SkillChoice>,
}

struct SkillChoice {
    slug: &'static str,
    label: &'static str,
    level: i32,
}

struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

struct OpenSession {
    id: SessionId,
    device: String,
    since: String,
    here: bool,
}

impl Index {
    /// The page of `who` with `shown` in its fields.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn new(
        app: &App,
        who: &Viewer,
        l: &Lang,
        shown: Shown,
        saved: bool,
    ) -> Result<Self, Error> {
        let sessions = accounts::sessions(app, who).await?;
        let tz = who.zone.parse().unwrap_or(chrono_tz::UTC);
        let sessions = sessions.into_iter().map(|session| OpenSession {
            id: session.id,
            device: session.device(l),
            since: l.day(session.seen, tz),
            here: session.here,
        });
        let profile = &shown.profile;
        let (first, more) = tongues(l, profile);
        Ok(Self {
            days: DAYS,
            thirds: THIRDS,
            sessions: sessions.collect(),
            interests: pictures(profile),
            groups: groups(l, profile),
            first,
            more,
            counties: counties(app, profile),
            invitation: accounts::invitation_link(app, who).await?,
            l: l.clone(),
            shown,
            saved,
        })
    }

    fn on(&self, day: &str, third: &str) -> bool {
        let chosen = self.shown.profile.availability.iter().flatten();
        let slot = format!("{day}-{third}");
        chosen.into_iter().any(|known| *known == slot)
    }

    /// What a field is called, for the list of what is wrong.
    fn label(&self, field: &str) -> String {
        let key = match field {
            "name" => "me-name",
            "zip" => "me-zip",
            "region" => "me-region",
            "interests" => "interests-legend",
            "when" => "me-when",
            "skills" => "me-skills",
            "languages" => "me-languages",
            "travel" => "me-travel",
            "hours" => "me-hours",
            "access" => "me-access",
            _ => return field.to_owned(),
        };
        self.l.say(key).to_string()
    }
}

fn pictures(profile: &Profile) -> Vec<Picture> {
    let picture = |(kind, icon): &(&'static str, &'static str)| Picture {
        kind,
        icon,
        chosen: profile.interests.iter().any(|chosen| chosen == kind),
    };
    INTERESTS.iter().map(picture).collect()
}

/// Languages by name: those offered at once with all that are spoken, and the others.
fn tongues(l: &Lang, profile: &Profile) -> (Vec<Choice>, Vec<Choice>) {
    let choice = |tag: &str| Choice {
        code: tag.to_owned(),
        name: matching::language_name(l, tag),
        chosen: profile.languages.iter().any(|spoken| spoken == tag),
    };
    let (first, more) = languages::ALL.split_at(FIRST);
    let (spoken, mut more): (Vec<Choice>, Vec<Choice>) = more
        .iter()
        .map(|tag| choice(tag))
        .partition(|choice| choice.chosen);
    more.sort_by(|a, b| a.name.cmp(&b.name));
    let first = first.iter().map(|tag| choice(tag)).chain(spoken);
    (first.collect(), more)
}

/// Skills by group; a group with a declared skill stands open.
fn groups(l: &Lang, profile: &Profile) -> Vec<SkillGroup> {
    let mut groups: Vec<SkillGroup> = Vec::new();
    for skill in skills::all() {
        let level = profile
            .skills
            .iter()
            .find(|had| had.slug == skill.slug)
            .map_or(0, |had| had.level);
        let choice = SkillChoice {
            slug: &skill.slug,
            label: &skill.label,
            level,
        };
        let name = l.say(&format!("skill-group-{}", skill.group)).to_string();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => {
                group.open |= level > 0;
                group.skills.push(choice);
            }
            None => groups.push(SkillGroup {
                name,
                open: level > 0,
                skills: vec![choice],
            }),
        }
    }
    if let Some(first) = groups.first_mut() {
        first.open = true;
    }
    groups
}

/// Where the person may move to: counties within reach of their postcode, and where they are.
fn counties(app: &App, profile: &Profile) -> Vec<Choice> {
    let here = &profile.region.code;
    let mut choices = vec![Choice {
        code: here.to_string(),
        name: profile
            .region
            .path
            .iter()
            .skip(1)
            .rev()
            .take(2)
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        chosen: true,
    }];
    if let Some(zip) = &profile.zip {
        choices.extend(
            app.tree
                .moves_from(zip)
                .into_iter()
                .filter(|(node, _)| node.code != here)
                .map(|(node, _)| {
                    let state = node
                        .code
                        .parent()
                        .and_then(|parent| app.tree.get(&parent).map(|node| node.name.to_owned()));
                    Choice {
                        code: node.code.to_string(),
                        name: [node.name.to_owned()]
                            .into_iter()
                            .chain(state)
                            .collect::<Vec<_>>()
                            .join(", "),
                        chosen: false,
                    }
                }),
        );
    }
    choices
}
