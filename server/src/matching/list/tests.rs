use super::super::candidates::candidates;
use super::super::features::TaskStatus;
use super::super::geo::Place;
use super::super::sample::{Ground, ada, from_home, now};
use super::super::why_not::WhyNot;
use super::*;

/// Tasks in town, of the kinds given, the first the nearest.
fn town(ground: &Ground, kinds: &[&str]) -> Vec<TaskView> {
    let tasks = kinds.iter().zip(1..).map(|(kind, id)| TaskView {
        kind: (*kind).to_owned(),
        place: Place::new(39.96 + f64::from(id) * 0.002, -83.0),
        ..ground.doors(id.into())
    });
    tasks.collect()
}

fn ids(list: &[Suggestion]) -> Vec<i64> {
    list.iter().map(|suggestion| suggestion.task_id).collect()
}

fn five(ground: &Ground, person: &PersonView, tasks: &[TaskView]) -> Vec<Suggestion> {
    suggest(person, tasks, &ground.context(), 0.5)
}

#[test]
fn an_empty_campaign_suggests_nothing() {
    assert_eq!(five(&Ground::new(), &ada(), &[]), []);
}

#[test]
fn five_of_many_are_shown_best_first() {
    let ground = Ground::new();
    let kinds = ["a", "b", "c", "d", "e", "f", "g"];
    let list = five(&ground, &ada(), &town(&ground, &kinds));
    assert_eq!(list.len(), 5);
    assert_eq!(ids(&list)[..4], [1, 2, 3, 4]);
    assert!(list.is_sorted_by(|a, b| a.score >= b.score));
}

#[test]
fn a_third_of_one_kind_is_left_out_even_if_the_list_stays_short() {
    let ground = Ground::new();
    let list = five(&ground, &ada(), &town(&ground, &["doors"; 6]));
    assert_eq!(list.len(), 2);
}

#[test]
fn a_second_of_a_kind_gives_way_to_another_kind_almost_as_good() {
    let ground = Ground::new();
    let tasks = town(&ground, &["doors", "doors", "calls", "shift"]);
    let list = five(&ground, &ada(), &tasks);
    assert_eq!(ids(&list), [1, 2, 3, 4], "all fit, in the order of rank");
    let mut config = ground.config.clone();
    config.list.length = 3;
    let context = Context {
        config: &config,
        ..ground.context()
    };
    let short = suggest(&ada(), &tasks, &context, 0.5);
    let chosen: Vec<_> = short.into_iter().filter(|s| !s.explored).collect();
    assert_eq!(ids(&chosen), [1, 3]);
}

#[test]
fn every_list_has_something_short_from_home() {
    let ground = Ground::new();
    let mut tasks = town(&ground, &["a", "b", "c", "d", "e", "f"]);
    let mut home = from_home(50, "calls");
    home.priority = 0.5;
    home.shown = 1_000;
    tasks.push(home);
    let list = five(&ground, &ada(), &tasks);
    assert!(ids(&list).contains(&50), "{:?}", ids(&list));
    assert_eq!(list.len(), 5);
}

#[test]
fn the_one_from_home_takes_the_place_of_the_lesser_of_its_kind() {
    let ground = Ground::new();
    let mut tasks = town(&ground, &["doors", "doors", "a", "b", "c"]);
    let mut home = from_home(50, "doors");
    home.priority = 0.5;
    tasks.push(home);
    let list = five(&ground, &ada(), &tasks);
    assert!(ids(&list).contains(&50) && ids(&list).contains(&1));
    assert!(!ids(&list).contains(&2), "{:?}", ids(&list));
}

#[test]
fn the_last_place_explores_the_least_shown_good_task() {
    let ground = Ground::new();
    let mut tasks = town(&ground, &["a", "b", "c", "d", "e", "f", "g", "h"]);
    for task in &mut tasks {
        task.shown = 40;
    }
    tasks[6].shown = 4;
    // Least shown of all, but less than half as good as the best.
    tasks[7].shown = 0;
    tasks[7].priority = 0.5;
    let list = five(&ground, &ada(), &tasks);
    let explored: Vec<_> = list.iter().filter(|s| s.explored).collect();
    assert_eq!(explored.len(), 1);
    assert_eq!(explored[0].task_id, 7);
    assert!(
        (explored[0].propensity - 1.0).abs() < 1e-12,
        "nothing was drawn"
    );
}

#[test]
fn a_task_nobody_saw_for_a_day_is_explored_first() {
    let ground = Ground::new();
    let mut tasks = town(&ground, &["a", "b", "c", "d", "e", "f", "g"]);
    tasks[5].priority = 0.5;
    tasks[5].shown = 90;
    tasks[5].unseen_since = Some(now() - Duration::hours(24));
    tasks[6].unseen_since = Some(now() - Duration::hours(23));
    let list = five(&ground, &ada(), &tasks);
    let explored = list.iter().find(|s| s.explored).unwrap();
    assert_eq!(explored.task_id, 6);
}

#[test]
fn each_equally_unseen_task_is_drawn_as_often_as_its_propensity_says() {
    let ground = Ground::new();
    let tasks = town(&ground, &["a", "b", "c", "d", "e", "f", "g"]);
    let mut drawn = std::collections::BTreeMap::<i64, (f64, f64)>::new();
    for step in 0..1_000 {
        let draw = (f64::from(step) + 0.5) / 1_000.0;
        let list = suggest(&ada(), &tasks, &ground.context(), draw);
        let explored = list.iter().find(|s| s.explored).unwrap();
        let entry = drawn.entry(explored.task_id).or_default();
        *entry = (entry.0 + 0.001, explored.propensity);
    }
    assert_eq!(drawn.keys().copied().collect::<Vec<_>>(), [5, 6, 7]);
    for (often, propensity) in drawn.values() {
        assert!(
            (often - propensity).abs() < 0.002,
            "{often} against {propensity}"
        );
    }
}

#[test]
fn a_first_visit_offers_home_a_hosted_shift_nearby_and_something_to_bring_a_friend_to() {
    let ground = Ground::new();
    let mut tasks = town(&ground, &["a", "a", "b", "c", "d", "e", "event_attended"]);
    tasks[5].host_named = true;
    for task in [5, 6] {
        tasks[task].priority = 0.5;
    }
    tasks.push(TaskView {
        priority: 0.5,
        ..from_home(50, "calls")
    });
    let newcomer = PersonView {
        first_visit: true,
        ..ada()
    };
    let list = ids(&five(&ground, &newcomer, &tasks));
    assert_eq!(list.len(), 5);
    for wanted in [6, 7, 50] {
        assert!(list.contains(&wanted), "{wanted} is not in {list:?}");
    }
}

#[test]
fn the_same_formula_serves_people_for_a_task() {
    let ground = Ground::new();
    let task = ground.doors(7);
    let far = PersonView {
        id: 2,
        place: Place::new(40.1, -83.0),
        ..ada()
    };
    let elsewhere = PersonView {
        id: 3,
        ..PersonView::new(3, "us-pa-42003")
    };
    let people = [far, ada(), elsewhere];
    let sorted = candidates(&task, &people, &ground.context());
    let ranked: Vec<_> = sorted.ranked.iter().map(|c| c.person_id).collect();
    assert_eq!(ranked, [1, 2]);
    assert_eq!(sorted.ruled_out, [(3, vec![WhyNot::Region])]);
    let suggested = five(&ground, &ada(), std::slice::from_ref(&task));
    assert_eq!(suggested[0].scored, sorted.ranked[0].scored);
    assert_eq!(suggested[0].reasons, sorted.ranked[0].reasons);
}

#[test]
fn a_closed_task_rules_everybody_out() {
    let ground = Ground::new();
    let task = TaskView {
        status: TaskStatus::Closed,
        ..ground.doors(7)
    };
    let sorted = candidates(&task, &[ada()], &ground.context());
    assert_eq!(sorted.ranked, []);
    assert_eq!(sorted.ruled_out, [(1, vec![WhyNot::NotOpen])]);
}
