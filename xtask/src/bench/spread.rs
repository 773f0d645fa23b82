//! Several measurements of one thing: the middle one, the smallest, the largest.

/// Median, minimum and maximum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// `None` of nothing.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (&min, &max) = (values.first()?, values.last()?);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        Some(Self { median, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn one_bad_round_does_not_move_the_median() {
        let spread = Spread::of([10.0, 1.0, 11.0, 12.0, 9.0]).expect("five rounds");
        assert!((spread.median - 10.0).abs() < f64::EPSILON);
        assert!((spread.min - 1.0).abs() < f64::EPSILON);
        assert!((spread.max - 12.0).abs() < f64::EPSILON);
    }

    #[test]
    fn of_an_even_number_it_is_between_the_two_in_the_middle() {
        let spread = Spread::of([4.0, 1.0, 3.0, 2.0]).expect("four rounds");
        assert!((spread.median - 2.5).abs() < f64::EPSILON);
        assert!(Spread::of([]).is_none());
    }
}
