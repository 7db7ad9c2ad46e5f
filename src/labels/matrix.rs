//! Features as bytes: one column a feature, one row a block.

/// Bytes in columns: one column a feature, one row a block.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// One column after the other.
    bytes: Vec<u8>,
    rows: usize,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn new(rows: usize, columns: usize) -> Self {
        Self { bytes: vec![0; rows * columns], rows }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.bytes.len().checked_div(self.rows).unwrap_or(0)
    }

    /// One column.
    #[must_use]
    pub fn column(&self, column: usize) -> &[u8] {
        &self.bytes[column * self.rows..(column + 1) * self.rows]
    }

    /// Sets one byte.
    pub fn set(&mut self, column: usize, row: usize, byte: u8) {
        self.bytes[column * self.rows + row] = byte;
    }

    /// Sets all bytes of a column.
    pub fn fill(&mut self, column: usize, byte: u8) {
        let rows = self.rows;
        self.bytes[column * rows..][..rows].fill(byte);
    }

    /// Sets each byte of a column to that of another column so many rows further on, before if negative; 0 where there
    /// is no such row.
    pub fn set_shifted(&mut self, column: usize, other: usize, offset: isize) {
        let rows = self.rows;
        let skipped = offset.unsigned_abs().min(rows);
        let (from, to) = if offset < 0 { (0, skipped) } else { (skipped, 0) };
        let (other, start) = (other * rows + from, column * rows + to);
        self.fill(column, 0);
        self.bytes.copy_within(other..other + rows - skipped, start);
    }

    /// Adds zero columns at the right.
    pub fn widen(&mut self, columns: usize) {
        self.bytes.resize(columns * self.rows, 0);
    }

    /// These rows of matrices with as many columns.
    #[must_use]
    pub fn of_rows(parts: &[(&Self, Vec<usize>)]) -> Self {
        let rows = parts.iter().map(|(_, rows)| rows.len()).sum();
        let columns = parts.iter().map(|(matrix, _)| matrix.columns()).max().unwrap_or(0);
        let mut bytes = Vec::with_capacity(rows * columns);
        for column in 0..columns {
            for (matrix, rows) in parts {
                bytes.extend(rows.iter().map(|&row| matrix.column(column)[row]));
            }
        }
        Self { bytes, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_shift_by_rows() {
        let mut matrix = Matrix::new(3, 3);
        (0..3).for_each(|row| matrix.set(1, row, row as u8 + 1));
        for (offset, expected) in
            [(0, [1, 2, 3]), (1, [2, 3, 0]), (-1, [0, 1, 2]), (2, [3, 0, 0]), (-9, [0; 3])]
        {
            matrix.fill(2, 7);
            matrix.set_shifted(2, 1, offset);
            assert_eq!(matrix.column(2), expected, "{offset}");
            assert_eq!((matrix.column(0), matrix.column(1)), (&[0; 3][..], &[1, 2, 3][..]));
        }
        Matrix::new(0, 3).set_shifted(2, 1, 1);
    }
}
