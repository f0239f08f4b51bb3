//! Which entries are taken, and what of them: pure (scoring.md, Points).

use super::check::Check;
use super::kind::Kind;
use super::refusal::{Refusal, Why};
use super::work::Work;
use crate::ledger::Bounds;

/// An entry as somebody sends it, before anything is known to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What kind of activity.
    pub kind: Kind,
    /// Dials, doors, guests or dollars.
    pub quantity: Option<i64>,
    /// How many of them talked.
    pub conversations: Option<i64>,
    /// How long it took.
    pub minutes: Option<i64>,
    /// Free text.
    pub note: Option<String>,
    /// Whether the entry names a task.
    pub task: bool,
}

impl Draft {
    /// An entry of `kind` with nothing filled in.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            quantity: None,
            conversations: None,
            minutes: None,
            note: None,
            task: false,
        }
    }
}

/// An entry that is complete and within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// What was done and how much of it.
    pub work: Work,
    /// How long it took, where the person said so: what the work is spread over.
    pub minutes: Option<u32>,
    /// The note without surrounding blanks; an empty one is none.
    pub note: Option<String>,
}

/// Checks `draft` field by field. Whatever its kind needs must be there and within bounds, and what its kind
/// does not know must be absent; a note is welcome with every kind. A shift sent by a person is worth its hours.
///
/// # Errors
/// Every field that is wrong, each once.
pub fn validate(bounds: &Bounds, draft: &Draft) -> Result<Valid, Vec<Refusal>> {
    let kind = draft.kind;
    let mut check = Check {
        kind,
        refusals: Vec::new(),
    };
    let mut minutes = None;
    let work = match kind {
        Kind::Calls | Kind::Doors => {
            let quantity = check.needed("quantity", draft.quantity, 1, bounds.quantity);
            let conversations = check.conversations(draft.conversations, quantity, bounds.quantity);
            minutes = check.optional("minutes", draft.minutes, 1, bounds.minutes);
            if kind == Kind::Calls {
                Work::Calls {
                    dials: quantity,
                    conversations,
                }
            } else {
                Work::Doors {
                    doors: quantity,
                    conversations,
                }
            }
        }
        Kind::Shift | Kind::DataEntry | Kind::Translation => {
            let spent = check.needed("minutes", draft.minutes, 1, bounds.minutes);
            minutes = Some(spent);
            match kind {
                Kind::Shift => Work::Shift { minutes: spent },
                Kind::DataEntry => Work::DataEntry { minutes: spent },
                _ => Work::Translation { minutes: spent },
            }
        }
        Kind::EventHosted => Work::EventHosted {
            guests: check.needed("quantity", draft.quantity, 0, bounds.guests),
        },
        Kind::Donation => Work::Donation {
            dollars: check.needed("quantity", draft.quantity, 1, bounds.dollars),
        },
        Kind::ListeningNote => Work::ListeningNote,
        Kind::EventAttended => Work::EventAttended,
        Kind::Training => {
            if !draft.task {
                check.refuse("task", Why::Needed(kind));
            }
            Work::Training
        }
        Kind::Recruit => {
            return Err(vec![Refusal {
                field: "kind",
                why: Why::SystemOnly,
            }]);
        }
    };
    check.nothing_foreign(draft);
    let note = check.note(draft.note.as_deref(), bounds.note);
    if check.refusals.is_empty() {
        Ok(Valid {
            work,
            minutes,
            note,
        })
    } else {
        Err(check.refusals)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::ScoringConfig;

    fn bounds() -> Bounds {
        ScoringConfig::shipped().unwrap().bounds
    }

    fn sentences(draft: &Draft) -> Vec<(&'static str, String)> {
        let refusals = validate(&bounds(), draft).err().unwrap_or_default();
        refusals
            .into_iter()
            .map(|refusal| (refusal.field, refusal.to_string()))
            .collect()
    }

    fn fields(draft: &Draft) -> Vec<&'static str> {
        sentences(draft)
            .into_iter()
            .map(|(field, _)| field)
            .collect()
    }

    /// The smallest entry of `kind` that is taken.
    fn least(kind: Kind) -> Draft {
        let mut draft = Draft::new(kind);
        match kind {
            Kind::Calls | Kind::Doors | Kind::Donation => draft.quantity = Some(1),
            Kind::EventHosted => draft.quantity = Some(0),
            Kind::Shift | Kind::DataEntry | Kind::Translation => draft.minutes = Some(1),
            Kind::ListeningNote => draft.note = Some("Worried about the bus line.".into()),
            Kind::Training => draft.task = true,
            Kind::EventAttended | Kind::Recruit => {}
        }
        draft
    }

    fn loggable() -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::Recruit)
    }

    #[test]
    fn the_smallest_entry_of_every_kind_is_taken() {
        for kind in loggable() {
            let valid = validate(&bounds(), &least(kind)).unwrap();
            assert_eq!(valid.work.kind(), kind);
        }
    }

    #[test]
    fn an_empty_entry_says_what_its_kind_needs() {
        let missing = |kind| fields(&Draft::new(kind));
        for kind in [Kind::Calls, Kind::Doors, Kind::EventHosted, Kind::Donation] {
            assert_eq!(missing(kind), ["quantity"], "{kind}");
        }
        for kind in [Kind::Shift, Kind::DataEntry, Kind::Translation] {
            assert_eq!(missing(kind), ["minutes"], "{kind}");
        }
        assert_eq!(missing(Kind::ListeningNote), ["note"]);
        assert_eq!(missing(Kind::Training), ["task"]);
        assert_eq!(missing(Kind::EventAttended), [""; 0]);
    }

    #[test]
    fn a_number_beyond_its_bounds_is_refused() {
        for (kind, most) in [
            (Kind::Calls, 2000),
            (Kind::Doors, 2000),
            (Kind::EventHosted, 2000),
            (Kind::Donation, 3500),
        ] {
            let floor = i64::from(kind != Kind::EventHosted);
            for quantity in [floor, most] {
                assert_eq!(
                    fields(&Draft {
                        quantity: Some(quantity),
                        ..least(kind)
                    }),
                    [""; 0],
                    "{kind} {quantity}"
                );
            }
            for quantity in [floor - 1, most + 1, i64::MIN, i64::MAX, 1 << 32] {
                let refused = sentences(&Draft {
                    quantity: Some(quantity),
                    ..least(kind)
                });
                let sentence = format!("`quantity` must be a whole number from {floor} to {most}.");
                assert_eq!(refused, [("quantity", sentence)], "{kind} {quantity}");
            }
        }
        for kind in [
            Kind::Shift,
            Kind::DataEntry,
            Kind::Translation,
            Kind::Calls,
            Kind::Doors,
        ] {
            assert_eq!(
                fields(&Draft {
                    minutes: Some(960),
                    ..least(kind)
                }),
                [""; 0],
                "{kind}"
            );
            for minutes in [0, -5, 961] {
                assert_eq!(
                    fields(&Draft {
                        minutes: Some(minutes),
                        ..least(kind)
                    }),
                    ["minutes"],
                    "{kind} {minutes}"
                );
            }
        }
    }

    #[test]
    fn nobody_talks_to_more_people_than_they_tried() {
        let draft = |quantity, talked| Draft {
            quantity: Some(quantity),
            conversations: Some(talked),
            ..Draft::new(Kind::Doors)
        };
        assert_eq!(fields(&draft(10, 10)), [""; 0]);
        let refused = sentences(&draft(10, 11));
        assert_eq!(
            refused,
            [(
                "conversations",
                "`conversations` cannot be more than `quantity`.".to_owned()
            )]
        );
        assert_eq!(fields(&draft(10, -1)), ["conversations"]);
        assert_eq!(
            fields(&draft(0, 5)),
            ["quantity"],
            "one sentence, not two, about one mistake"
        );
    }

    #[test]
    fn what_a_kind_does_not_know_is_refused() {
        for kind in loggable() {
            let full = Draft {
                quantity: Some(1),
                conversations: Some(1),
                minutes: Some(1),
                ..least(kind)
            };
            let expected: &[&str] = match kind {
                Kind::Calls | Kind::Doors => &[],
                Kind::EventHosted | Kind::Donation => &["conversations", "minutes"],
                Kind::Shift | Kind::DataEntry | Kind::Translation => &["quantity", "conversations"],
                _ => &["quantity", "conversations", "minutes"],
            };
            assert_eq!(fields(&full), expected, "{kind}");
        }
        let refused = sentences(&Draft {
            quantity: Some(3),
            ..least(Kind::Shift)
        });
        assert_eq!(
            refused[0].1,
            "`quantity` does not belong to shift; leave it out."
        );
    }

    #[test]
    fn only_the_system_counts_recruits() {
        let refused = sentences(&Draft::new(Kind::Recruit));
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].0, "kind");
    }

    #[test]
    fn a_note_is_trimmed_and_bounded_in_characters() {
        let noted = |note: &str| Draft {
            note: Some(note.into()),
            ..least(Kind::ListeningNote)
        };
        assert_eq!(fields(&noted(" \n\t ")), ["note"]);
        assert_eq!(fields(&noted(&"ñ".repeat(2000))), [""; 0]);
        assert_eq!(fields(&noted(&"ñ".repeat(2001))), ["note"]);
        assert_eq!(fields(&noted("a\0b")), ["note"]);
        let blank = Draft {
            note: Some("  ".into()),
            ..least(Kind::Calls)
        };
        assert_eq!(validate(&bounds(), &blank).unwrap().note, None);
        let spaced = validate(&bounds(), &noted("  The bus is late. ")).unwrap();
        assert_eq!(spaced.note.as_deref(), Some("The bus is late."));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_taken_within_bounds_or_refused_by_field(
            kind in prop::sample::select(Kind::ALL.to_vec()),
            quantity in prop::option::of(-3_i64..4000),
            conversations in prop::option::of(-3_i64..4000),
            minutes in prop::option::of(-3_i64..1200),
            note in prop::option::of(".{0,8}"),
            task: bool,
        ) {
            match validate(&bounds(), &Draft { kind, quantity, conversations, minutes, note, task }) {
                Ok(valid) => {
                    prop_assert!(valid.work.quantity().is_none_or(|n| n <= 3500));
                    prop_assert!(valid.work.conversations() <= valid.work.quantity());
                    let back = Work::of(kind, valid.work.quantity(), valid.work.conversations(), valid.minutes);
                    prop_assert_eq!(back, Some(valid.work));
                }
                Err(refusals) => {
                    let named: std::collections::BTreeSet<_> = refusals.iter().map(|refusal| refusal.field).collect();
                    prop_assert!(!refusals.is_empty() && named.len() == refusals.len());
                    for refusal in refusals {
                        let (field, sentence) = (refusal.field, refusal.to_string());
                        prop_assert!(sentence.contains(&format!("`{field}`")), "{}", sentence);
                    }
                }
            }
        }
    }
}
