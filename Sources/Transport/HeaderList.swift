// The helper that owns this file replaces it.
public final class HeaderList {
    public init(_ fields: [(String, String)]) throws(TransportError) {}
}
