//! `Mode`: whether reading makes a tree, or only checks that one could be made. There is one grammar for both.

/// What reading makes of the parts of an expression.
pub(super) trait Mode {
    /// A part.
    type Of<T>;

    /// A part from nothing.
    fn of<T>(make: impl FnOnce() -> T) -> Self::Of<T>;

    /// A part from another.
    fn map<T, U>(part: Self::Of<T>, make: impl FnOnce(T) -> U) -> Self::Of<U>;

    /// Two parts as one.
    fn zip<T, U>(first: Self::Of<T>, second: Self::Of<U>) -> Self::Of<(T, U)>;

    /// One more part of a list.
    fn push<T>(list: &mut Self::Of<Vec<T>>, item: Self::Of<T>);
}

/// Makes the tree.
pub(super) struct Makes;

impl Mode for Makes {
    type Of<T> = T;

    #[inline]
    fn of<T>(make: impl FnOnce() -> T) -> T {
        make()
    }

    #[inline]
    fn map<T, U>(part: T, make: impl FnOnce(T) -> U) -> U {
        make(part)
    }

    #[inline]
    fn zip<T, U>(first: T, second: U) -> (T, U) {
        (first, second)
    }

    #[inline]
    fn push<T>(list: &mut Vec<T>, item: T) {
        list.push(item);
    }
}

/// Makes nothing.
pub(super) struct Checks;

impl Mode for Checks {
    type Of<T> = ();

    fn of<T>(_: impl FnOnce() -> T) {}

    fn map<T, U>((): (), _: impl FnOnce(T) -> U) {}

    fn zip<T, U>((): (), (): ()) {}

    fn push<T>((): &mut (), (): ()) {}
}
