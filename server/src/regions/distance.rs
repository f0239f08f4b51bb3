//! Points on the globe and how far apart they are.

/// The Earth's mean radius in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// A place in degrees: latitude −90..90, longitude −180..180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

impl Point {
    /// Great-circle distance in kilometres (haversine; within 0.6 % of the ellipsoid).
    #[must_use]
    pub fn km_to(self, other: Self) -> f64 {
        let half_lat = (other.lat - self.lat).to_radians() / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2)
            + self.lat.to_radians().cos() * other.lat.to_radians().cos() * half_lon.sin().powi(2);
        2.0 * EARTH_KM * chord.sqrt().min(1.0).asin()
    }

    /// A lower bound of [`km_to`](Self::km_to), by latitude alone: cheap enough to sift with.
    #[must_use]
    pub fn km_at_least(self, other: Self) -> f64 {
        EARTH_KM * (other.lat - self.lat).abs().to_radians()
    }
}

/// The weighted middle of points. It adds vectors rather than degrees, so that islands on both
/// sides of the date line do not meet in Africa.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Middle {
    sum: [f64; 3],
}

impl Middle {
    /// Adds a point with a weight above 0.
    pub(super) fn add(&mut self, point: Point, weight: f64) {
        let (lat, lon) = (point.lat.to_radians(), point.lon.to_radians());
        self.sum[0] += weight * lat.cos() * lon.cos();
        self.sum[1] += weight * lat.cos() * lon.sin();
        self.sum[2] += weight * lat.sin();
    }

    /// Adds everything another middle was made of.
    pub(super) fn join(&mut self, other: Self) {
        for (mine, theirs) in self.sum.iter_mut().zip(other.sum) {
            *mine += theirs;
        }
    }

    /// The middle; none where nothing was added.
    pub(super) fn point(self) -> Option<Point> {
        let [x, y, z] = self.sum;
        let flat = x.hypot(y);
        (flat.hypot(z) > 0.0).then(|| Point {
            lat: z.atan2(flat).to_degrees(),
            lon: y.atan2(x).to_degrees(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOSTON: Point = Point {
        lat: 42.3601,
        lon: -71.0589,
    };
    const NEW_YORK: Point = Point {
        lat: 40.7128,
        lon: -74.0060,
    };

    #[test]
    fn boston_is_306_km_from_new_york_either_way() {
        assert!((BOSTON.km_to(NEW_YORK) - 306.1).abs() < 1.0);
        assert!((BOSTON.km_to(NEW_YORK) - NEW_YORK.km_to(BOSTON)).abs() < 1e-9);
        assert!(BOSTON.km_to(BOSTON) < 1e-9);
    }

    #[test]
    fn the_other_side_of_the_earth_is_half_its_girth_away() {
        let there = Point {
            lat: -BOSTON.lat,
            lon: BOSTON.lon + 180.0,
        };
        assert!((BOSTON.km_to(there) - 20_015.1).abs() < 1.0);
    }

    #[test]
    fn the_quick_bound_never_exceeds_the_distance() {
        for lat in [-89.0, -30.0, 0.0, 12.5, 88.0] {
            for lon in [-180.0, -71.0, 0.0, 179.9] {
                let point = Point { lat, lon };
                assert!(BOSTON.km_at_least(point) <= BOSTON.km_to(point) + 1e-6);
            }
        }
    }

    #[test]
    fn a_middle_crosses_the_date_line_the_short_way() {
        let mut middle = Middle::default();
        assert_eq!(middle.point(), None);
        middle.add(
            Point {
                lat: 10.0,
                lon: 178.0,
            },
            1.0,
        );
        middle.add(
            Point {
                lat: 10.0,
                lon: -178.0,
            },
            1.0,
        );
        let point = middle.point().unwrap();
        assert!((point.lon.abs() - 180.0).abs() < 1e-6, "{point:?}");
        let mut heavier = Middle::default();
        heavier.add(BOSTON, 3.0);
        heavier.add(NEW_YORK, 1.0);
        let point = heavier.point().unwrap();
        assert!(point.km_to(BOSTON) < point.km_to(NEW_YORK));
    }
}
