//! Places on the globe and how far apart they are.

/// The Earth's mean radius in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// A place on the globe. It is kept as a point on the unit sphere, so that a distance costs one
/// root and one arc sine instead of five trigonometric functions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place([f64; 3]);

impl Place {
    /// A place from degrees north (−90..90) and east (−180..180); none for anything else.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        Some(Self([
            lat.cos() * lon.cos(),
            lat.cos() * lon.sin(),
            lat.sin(),
        ]))
    }

    /// Great-circle distance in kilometres: the haversine formula, whose root is half the chord.
    pub fn km_to(self, other: Self) -> f64 {
        let square: f64 = self
            .0
            .iter()
            .zip(other.0)
            .map(|(here, there)| (here - there) * (here - there))
            .sum();
        2.0 * EARTH_KM * (square.sqrt() / 2.0).min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn columbus_is_about_201_km_from_cleveland_either_way() {
        let columbus = Place::new(39.9612, -82.9988).unwrap();
        let cleveland = Place::new(41.4993, -81.6944).unwrap();
        assert!((columbus.km_to(cleveland) - 203.0).abs() < 3.0);
        assert!((columbus.km_to(cleveland) - cleveland.km_to(columbus)).abs() < 1e-9);
    }

    #[test]
    fn a_place_is_nowhere_from_itself_and_half_the_girth_from_its_antipode() {
        let here = Place::new(21.3, -157.86).unwrap();
        let there = Place::new(-21.3, 22.14).unwrap();
        assert!(here.km_to(here).abs() < 1e-9);
        assert!((here.km_to(there) - 20_015.1).abs() < 1.0);
    }

    #[test]
    fn the_date_line_is_no_wall() {
        let west = Place::new(0.0, 179.9).unwrap();
        let east = Place::new(0.0, -179.9).unwrap();
        assert!((west.km_to(east) - 22.24).abs() < 0.1);
    }

    #[test]
    fn impossible_degrees_are_no_place() {
        for (lat, lon) in [
            (90.1, 0.0),
            (0.0, 181.0),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
        ] {
            assert_eq!(Place::new(lat, lon), None);
        }
    }
}
