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
