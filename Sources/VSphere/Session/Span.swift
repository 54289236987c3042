/// A part of a run in its trace: OpenTelemetry's span.
///
/// The first is the run itself; each makes those of what belongs to it. A run that is not traced has none.
public final class Span {
    /// The identifiers that tell parts from each other.
    public struct Place: Sendable, Equatable {
        /// The identifier of the part; never 0.
        public let id: UInt64
        /// That of the part it belongs to; 0 for the run.
        public let parent: UInt64

        /// Says what a part is, and what it belongs to.
        public init(id: UInt64, parent: UInt64) {
            self.id = id
            self.parent = parent
        }
    }

    /// The identifiers of a run: each is given once.
    private final class Identifiers {
        private var last: UInt64

        init(_ seed: UInt64) { last = seed }

        /// Steps of an odd width meet every number once.
        func next() -> UInt64 {
            last &+= 0x9E37_79B9_7F4A_7C15
            return last == 0 ? next() : last
        }
    }

    /// Its identifier, and what it belongs to.
    public let place: Place
    private let identifiers: Identifiers

    private init(_ parent: UInt64, _ identifiers: Identifiers) {
        place = Place(id: identifiers.next(), parent: parent)
        self.identifiers = identifiers
    }

    /// Begins a run.
    /// - Parameter seed: A random number: the identifiers follow from it.
    public convenience init(seed: UInt64) { self.init(0, Identifiers(seed)) }

    /// Begins something that belongs to it.
    public func part() -> Span { Span(place.id, identifiers) }
}
