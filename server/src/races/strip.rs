//! What one person is shown of the race of theirs: a strip on the home page, a few rows while joining.

use super::model::{BoardRow, Status};
use super::rules::{in_doors, own_race};
use crate::app::App;
use crate::error::Error;
use crate::region_code::RegionCode;
use crate::regions::RegionView;

/// Rows shown of a board at most.
const NEARBY: usize = 5;

/// The race of a person's own region, in short.
#[derive(Debug, Clone)]
pub struct Strip {
    /// Whose children race.
    pub board: RegionView,
    /// Where the board is in its life.
    pub status: Status,
    /// Whether one's own region is among those that race here; not for somebody of the board's region.
    pub enters: bool,
    /// The row of the person's own region; `None` while it has neither members nor points.
    pub own: Option<BoardRow>,
    /// The region next ahead, and how far, in doors.
    pub ahead: Option<Ahead>,
    /// At most five rows: the best, and one's own with who is next to it.
    pub nearby: Vec<BoardRow>,
    /// How many rows the board has.
    pub entries: usize,
}

/// Who is next ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Their name.
    pub name: String,
    /// The gap, as doors to knock on; at least one.
    pub doors: u64,
}

/// The race that people of `region` care for first. `None` where there is none.
///
/// # Errors
/// When the board cannot be computed.
pub async fn strip(app: &App, region: &RegionCode) -> Result<Option<Strip>, Error> {
    let (board, own) = own_race(region);
    let ready = match super::board(app, &board, None).await {
        Ok(ready) => ready,
        Err(Error::NotFound) => return Ok(None),
        Err(why) => return Err(why),
    };
    let rows = &ready.board.rows;
    let enters = own.is_some();
    let place = own.and_then(|own| rows.iter().position(|row| row.regions.contains(&own)));
    let own = place.map(|place| rows[place].clone());
    let ahead = own.as_ref().and_then(|own| {
        let rival = rows
            .iter()
            .rfind(|row| row.rank.is_some() && row.rank < own.rank)?;
        Some(Ahead {
            name: rival.name.clone(),
            doors: in_doors(&app.scoring.doors, own.to_next?),
        })
    });
    Ok(Some(Strip {
        board: ready.board.region.clone(),
        status: ready.board.status,
        enters,
        own,
        ahead,
        nearby: nearby(rows.len(), place)
            .into_iter()
            .map(|at| rows[at].clone())
            .collect(),
        entries: rows.len(),
    }))
}

/// Places to show of `count`: the first ones, and `own` with its neighbours.
fn nearby(count: usize, own: Option<usize>) -> Vec<usize> {
    let own = own.filter(|own| *own + 1 >= NEARBY);
    match own {
        None => (0..count.min(NEARBY)).collect(),
        Some(own) => {
            let last = (own + 1).min(count - 1);
            [0, 1].into_iter().chain(last - 2..=last).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nearby;

    #[test]
    fn the_best_and_ones_own_neighbours_are_shown() {
        assert_eq!(nearby(3, Some(2)), [0, 1, 2]);
        assert_eq!(nearby(20, None), [0, 1, 2, 3, 4]);
        assert_eq!(nearby(20, Some(3)), [0, 1, 2, 3, 4]);
        assert_eq!(nearby(20, Some(4)), [0, 1, 3, 4, 5]);
        assert_eq!(nearby(20, Some(9)), [0, 1, 8, 9, 10]);
        assert_eq!(nearby(20, Some(19)), [0, 1, 17, 18, 19]);
        assert_eq!(nearby(5, Some(4)), [0, 1, 2, 3, 4]);
        assert!(nearby(0, None).is_empty());
    }
}
