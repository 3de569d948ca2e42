//! The job image: pictures are made brighter, blurred by sums of five that slide, and halved.
use crate::work::{mix, GOLDEN};

const SIDE: usize = 256;
const HALF: usize = SIDE / 2;
const REACH: isize = 2; // Of the blur, in each direction.
const BRIGHTER: u8 = 32;

/// The sum over the pictures of one unit, which take turns.
pub fn image(index: u64, units: u64, pictures: u64) -> u64 {
    let mut buffers = Buffers::new();
    (index..pictures).step_by(units as usize).fold(0, |sum, picture| sum.wrapping_add(buffers.process(picture)))
}

/// A unit's own, used for one picture after the other.
struct Buffers {
    picture: Vec<[u8; SIDE]>,
    along: Vec<[u16; SIDE]>, // The sums of five along the rows.
    blurred: Vec<[u8; SIDE]>,
    halved: Vec<[u8; HALF]>,
}

impl Buffers {
    fn new() -> Buffers {
        Buffers {
            picture: vec![[0; SIDE]; SIDE],
            along: vec![[0; SIDE]; SIDE],
            blurred: vec![[0; SIDE]; SIDE],
            halved: vec![[0; HALF]; HALF],
        }
    }

    fn process(&mut self, index: u64) -> u64 {
        self.draw(index);
        self.brighten();
        self.blur_rows();
        self.blur_columns();
        self.halve();
        self.checksum(index)
    }

    fn draw(&mut self, index: u64) {
        let stream = mix(mix(GOLDEN + 1).wrapping_add((index + 1).wrapping_mul(GOLDEN)));
        let eights = self.picture.iter_mut().flat_map(|row| row.chunks_exact_mut(8));
        for (place, pixels) in (0u64..).step_by(8).zip(eights) {
            let drawn = mix(stream.wrapping_add((place + 1).wrapping_mul(GOLDEN)));
            pixels.copy_from_slice(&drawn.to_le_bytes());
        }
    }

    fn brighten(&mut self) {
        for pixel in self.picture.iter_mut().flatten() {
            *pixel = pixel.saturating_add(BRIGHTER);
        }
    }

    fn blur_rows(&mut self) {
        for (row, along) in self.picture.iter().zip(&mut self.along) {
            let pixel = |column: isize| u16::from(row[inside(column)]);
            let mut sum = (-REACH..=REACH).map(pixel).sum::<u16>();
            for (column, to) in (0..).zip(along) {
                *to = sum;
                sum = sum + pixel(column + REACH + 1) - pixel(column - REACH);
            }
        }
    }

    fn blur_columns(&mut self) {
        let along = |row: isize| &self.along[inside(row)];
        let mut sums = [0u16; SIDE];
        for row in -REACH..=REACH {
            for (sum, comes) in sums.iter_mut().zip(along(row)) {
                *sum += comes;
            }
        }
        for (row, blurred) in (0..).zip(&mut self.blurred) {
            let (comes, goes) = (along(row + REACH + 1), along(row - REACH));
            for column in 0..SIDE {
                blurred[column] = (sums[column] / 25) as u8;
                sums[column] = sums[column] + comes[column] - goes[column];
            }
        }
    }

    fn halve(&mut self) {
        for (rows, halved) in self.blurred.chunks_exact(2).zip(&mut self.halved) {
            let pairs = rows[0].chunks_exact(2).zip(rows[1].chunks_exact(2));
            for (to, (above, below)) in halved.iter_mut().zip(pairs) {
                let sum: u16 = above.iter().chain(below).copied().map(u16::from).sum();
                *to = (sum / 4) as u8;
            }
        }
    }

    fn checksum(&self, index: u64) -> u64 {
        let begin = 0xcbf2_9ce4_8422_2325 ^ mix(index.wrapping_add(GOLDEN));
        let pixels = self.halved.iter().flatten();
        pixels.fold(begin, |sum, &pixel| (sum ^ u64::from(pixel)).wrapping_mul(0x100_0000_01b3))
    }
}

/// Beyond the edge, a picture goes on as it ends.
fn inside(place: isize) -> usize {
    place.clamp(0, SIDE as isize - 1) as usize
}
