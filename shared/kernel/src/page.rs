//! Pages: every list is cut, and says where it goes on.

/// How many items a page holds: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The most items on one page.
    pub const MAX: u8 = 100;

    /// Accepts 1 to [`Limit::MAX`].
    pub const fn new(count: u8) -> Option<Self> {
        if count >= 1 && count <= Self::MAX {
            Some(Self(count))
        } else {
            None
        }
    }

    /// The number of items.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Limit {
    /// 20 items.
    fn default() -> Self {
        Self(20)
    }
}

/// One page of a list, and the place from which the next one goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The store's own position after the last item; `None` on the last page. Edges sign it
    /// before a client sees it.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page with every item turned into something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(each).collect(),
            next: self.next,
        }
    }
}
