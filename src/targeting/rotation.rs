//! Weighted round robin: who is next in a pool.
//!
//! The smooth variant: every turn each available seat gains its weight, the seat with the most takes the lead and
//! pays what all of them gained. Weights 2 and 1 give A B A, A B A, and never A A B. A full seat drops out and the
//! rest goes on in proportion.
//!
//! Source: the smooth weighted balancing of the nginx web server (2012), stated there as an algorithm.

/// One seat of a rotation.
#[derive(Debug, Clone)]
struct Seat {
    weight: i64,
    room: Option<u64>,
    credit: i64,
}

/// A pool's rotation while leads are dealt out.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    seats: Vec<Seat>,
}

impl Rotation {
    /// A rotation without seats.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a seat. A weight of 0 and a room of 0 never take a lead; no room stated means no limit.
    pub fn add_seat(&mut self, weight: u32, room: Option<u64>) {
        self.seats.push(Seat { weight: i64::from(weight), room, credit: 0 });
    }

    /// Gives the next lead to a seat and returns its position, or `None` if no seat has room.
    pub fn deal(&mut self) -> Option<usize> {
        let mut gained = 0;
        let mut next: Option<(usize, i64)> = None;
        for (position, seat) in self.seats.iter_mut().enumerate() {
            if seat.weight == 0 || seat.room == Some(0) {
                continue;
            }
            gained += seat.weight;
            seat.credit += seat.weight;
            if next.is_none_or(|(_, credit)| seat.credit > credit) {
                next = Some((position, seat.credit));
            }
        }
        let (position, _) = next?;
        let seat = self.seats.get_mut(position)?;
        seat.credit -= gained;
        seat.room = seat.room.map(|room| room - 1);
        Some(position)
    }

    /// Counts a lead that a seat got by another way than its turn; a seat without room stays without.
    pub fn take(&mut self, position: usize) {
        if let Some(seat) = self.seats.get_mut(position) {
            seat.room = seat.room.map(|room| room.saturating_sub(1));
        }
    }

    /// Whether the rotation has a seat at all that could ever take a lead.
    #[must_use]
    pub fn has_seats(&self) -> bool {
        self.seats.iter().any(|seat| seat.weight > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(seats: &[(u32, Option<u64>)], turns: usize) -> String {
        let mut rotation = Rotation::new();
        for (weight, room) in seats {
            rotation.add_seat(*weight, *room);
        }
        (0..turns).map(|_| rotation.deal().map_or('-', |seat| char::from(b'A' + seat as u8))).collect()
    }

    #[test]
    fn equal_weights_take_turns_in_the_listed_order() {
        assert_eq!(dealt(&[(1, None), (1, None), (1, None)], 7), "ABCABCA");
    }

    #[test]
    fn weights_are_spread_evenly_over_a_cycle() {
        assert_eq!(dealt(&[(2, None), (1, None)], 6), "ABAABA");
        // The published example of the smooth variant: weights 5, 1, 1.
        assert_eq!(dealt(&[(5, None), (1, None), (1, None)], 7), "AABACAA");
    }

    #[test]
    fn a_full_seat_drops_out_and_the_rest_goes_on() {
        assert_eq!(dealt(&[(1, Some(1)), (1, None)], 4), "ABBB");
        assert_eq!(dealt(&[(1, Some(1)), (1, Some(2))], 5), "ABB--");
        assert_eq!(dealt(&[(0, None), (1, None)], 2), "BB");
        assert_eq!(dealt(&[], 1), "-");
    }
}
