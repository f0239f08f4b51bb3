//! Names that nobody bears: a short first name and a word of the field.

use std::collections::BTreeSet;

use super::chance::Chance;

const FIRST: &[&str] = &[
    "Abe", "Ada", "Al", "Alma", "Amos", "Ana", "Ari", "Asa", "Bea", "Bo", "Bram", "Cal", "Cara",
    "Cleo", "Cora", "Cruz", "Dag", "Dan", "Dara", "Del", "Dev", "Di", "Dot", "Ed", "Effie", "Eli",
    "Ella", "Emil", "Esme", "Etta", "Eve", "Ezra", "Fay", "Finn", "Flo", "Fox", "Gia", "Gil",
    "Gus", "Hal", "Hana", "Hope", "Hugo", "Ian", "Ida", "Ike", "Ines", "Iris", "Ivo", "Jan", "Jed",
    "Jo", "Joy", "Jude", "Kai", "Kate", "Kim", "Kit", "Kofi", "Lea", "Lena", "Levi", "Lin", "Liv",
    "Lou", "Luz", "Mae", "Max", "Mei", "Mia", "Milo", "Mo", "Nan", "Ned", "Nia", "Nico", "Noor",
    "Obi", "Ola", "Omar", "Opal", "Otis", "Ozzie", "Pam", "Paz", "Pia", "Priya", "Quinn", "Rae",
    "Raj", "Ray", "Remy", "Rosa", "Roy", "Rui", "Ruth", "Sal", "Sam", "Sara", "Sky", "Sol", "Sue",
    "Taj", "Ted", "Tess", "Theo", "Tia", "Tom", "Uma", "Una", "Val", "Vera", "Vic", "Wes", "Win",
    "Wren", "Xan", "Xia", "Yan", "Yara", "Yori", "Zack", "Zed", "Zia", "Zoe",
];

const LAST: &[&str] = &[
    "Armband",
    "Backpack",
    "Badger",
    "Baker",
    "Ballot",
    "Banner",
    "Bicycle",
    "Biscuit",
    "Bridge",
    "Bullhorn",
    "Button",
    "Caller",
    "Canvasser",
    "Carpool",
    "Cider",
    "Clipboard",
    "Coffee",
    "Cookout",
    "Corner",
    "Courier",
    "Crosswalk",
    "Dialer",
    "Doorbell",
    "Doorstep",
    "Driver",
    "Drummer",
    "Envelope",
    "Fencepost",
    "Flyer",
    "Folder",
    "Footpath",
    "Friend",
    "Frontporch",
    "Gazebo",
    "Greeter",
    "Helper",
    "Host",
    "Hotline",
    "Kettle",
    "Kickoff",
    "Kitchen",
    "Knocker",
    "Ladder",
    "Lantern",
    "Lawnsign",
    "Leaflet",
    "Letterbox",
    "Listener",
    "Mailbag",
    "Mapmaker",
    "Marcher",
    "Megaphone",
    "Mentor",
    "Mitten",
    "Neighbour",
    "Notebook",
    "Organiser",
    "Painter",
    "Pancake",
    "Petition",
    "Phonebank",
    "Pickup",
    "Planner",
    "Platform",
    "Porchlight",
    "Postcard",
    "Poster",
    "Potluck",
    "Precinct",
    "Printer",
    "Quorum",
    "Raincoat",
    "Rally",
    "Ribbon",
    "Roundtable",
    "Scarf",
    "Sidewalk",
    "Sneaker",
    "Soapbox",
    "Speaker",
    "Stamp",
    "Stapler",
    "Sticker",
    "Streetlight",
    "Talker",
    "Teapot",
    "Texter",
    "Thermos",
    "Toolbox",
    "Townhall",
    "Trolley",
    "Turf",
    "Typist",
    "Umbrella",
    "Walker",
    "Wagon",
    "Welcome",
    "Whistle",
    "Windmill",
    "Writer",
    "Yardstick",
];

/// `count` different names, none of them in `taken`.
pub fn made_up(chance: &mut Chance, count: usize, taken: &[&str]) -> Vec<String> {
    let taken: BTreeSet<&str> = taken.iter().copied().collect();
    let mut pairs: Vec<(usize, usize)> = (0..FIRST.len())
        .flat_map(|first| (0..LAST.len()).map(move |last| (first, last)))
        .collect();
    chance.shuffle(&mut pairs);
    // Beyond all pairs people tell each other apart by a middle word.
    let once = pairs
        .iter()
        .map(|(first, last)| format!("{} {}", FIRST[*first], LAST[*last]));
    let again = pairs.iter().flat_map(|(first, last)| {
        LAST.iter()
            .map(move |middle| format!("{} {middle} {}", FIRST[*first], LAST[*last]))
    });
    once.chain(again)
        .filter(|name| !taken.contains(name.as_str()))
        .take(count)
        .collect()
}

/// The address that goes with a name; `number` keeps it apart from anybody else's.
pub fn address(name: &str, number: usize) -> String {
    let words = name.to_lowercase().replace(' ', ".");
    format!("{words}.{number}@example.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_shares_a_name_however_many_there_are() {
        let names = made_up(&mut Chance::new(3), 20_000, &["Ada Canvasser"]);
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), 20_000);
        assert!(!names.contains(&"Ada Canvasser".to_owned()));
        assert_eq!(address("Ben Host", 7), "ben.host.7@example.org");
    }
}
