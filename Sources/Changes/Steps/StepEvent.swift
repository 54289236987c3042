public import VSphere

/// One step that has ended, for a trace.
public struct StepEvent: Sendable {
    /// Its place in the trace.
    public let span: Span.Place
    /// Its name.
    public let name: String
    /// How long it ran.
    public let duration: Duration
    /// The kind of the error that ended it; nil if it was done.
    public let failure: String?
}
