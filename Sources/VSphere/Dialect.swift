internal import Buffers
internal import Transport

/// One of the two ways vCenter spells the same operations.
///
/// Everything they disagree on is here and in `Dialect+ErrorBody.swift`; no other file asks which one
/// is spoken. `/rest` is the older: flattened method parameters, answers in an envelope, maps as arrays
/// of pairs. `/api` is plain JSON.
public enum Dialect: String, Sendable, CaseIterable {
    case rest
    case api

    /// The part of the API that a path belongs to: they moved to `/api` by different rules.
    enum Family: Sendable {
        /// `/vcenter/…`
        case vcenter
        /// The content library's services, `com.vmware.content.…`.
        case contentLibrary
        /// `/content/…` where `/rest` has no `com/vmware` either: an item's changes.
        case contentHistory
        /// `/cis/…`
        case cis
        /// A path that the caller spells out.
        case literal
    }

    /// How an action is named.
    enum Action: Sendable {
        /// `?action=rollback`
        case named(String)
        /// Power: `/power/start` on `/rest`, `/power?action=start` on `/api`. The argument of this
        /// number is the action.
        case chosen(Int)
    }

    /// A part of a path.
    enum Piece: Sendable, Equatable {
        /// Text that is sent as it is.
        case text(String)
        /// The argument of this number, percent-encoded.
        case argument(Int)
    }

    /// How a map is spelled.
    enum MapSpelling: Sendable {
        /// `{"k": v}`
        case object
        /// `[{"key": "k", "value": v}]`
        case pairs
    }

    /// What is asked of the session service.
    enum SessionRequest: Sendable, CaseIterable { case create, get, delete }

    /// The dialects to try, in order.
    static func candidates(for choice: ConnectionProfile.DialectChoice) -> [Dialect] {
        switch choice {
        case .automatic: [.rest, .api]
        case .rest: [.rest]
        case .api: [.api]
        }
    }

    /// The one that this one is not.
    var other: Dialect { self == .rest ? .api : .rest }

    /// How maps are spelled, in both directions.
    var maps: MapSpelling { self == .rest ? .pairs : .object }

    /// Splits a path with `{name}` placeholders into its pieces, prefix and action included.
    func pieces(
        _ path: String,
        in family: Family,
        action: Action?,
        arguments names: [String]
    ) -> [Piece] {
        var pieces: [Piece] = []
        var text = base(of: family)
        let parts = path.utf8.split(separator: UInt8(ascii: "{"), omittingEmptySubsequences: false)
        for bytes in parts {
            let part = Substring(bytes)
            guard let end = bytes.firstIndex(of: UInt8(ascii: "}")) else {
                text += part
                continue
            }
            // Identifiers of the `com/vmware` services are marked as such.
            if self == .rest, family == .contentLibrary { text += "id:" }
            guard let number = names.firstIndex(of: String(part[..<end])) else {
                preconditionFailure("the path \(path) names a parameter that is not declared")
            }
            pieces += [.text(text), .argument(number)]
            text = String(part[bytes.index(after: end)...])
        }
        switch action {
        case nil: break
        case .named(let name):
            let isTilde = self == .rest && family == .contentLibrary
            text += (isTilde ? "?~action=" : "?action=") + name
        case .chosen(let number):
            pieces += [.text(text + (self == .rest ? "/" : "?action=")), .argument(number)]
            text = ""
        }
        return text.isEmpty ? pieces : pieces + [.text(text)]
    }

    private func base(of family: Family) -> String {
        switch (self, family) {
        case (.rest, .vcenter): "/rest/vcenter"
        case (.rest, .contentLibrary): "/rest/com/vmware/content"
        case (.rest, .contentHistory): "/rest/content"
        case (.rest, .cis): "/rest/cis"
        case (.rest, .literal): "/rest"
        case (.api, .vcenter): "/api/vcenter"
        case (.api, .contentLibrary), (.api, .contentHistory): "/api/content"
        case (.api, .cis): "/api/cis"
        case (.api, .literal): "/api"
        }
    }

    /// The method and path of a request to the session service.
    func session(_ request: SessionRequest) -> (method: Transport.Method, path: String) {
        switch (self, request) {
        case (.rest, .create): (.post, "/rest/com/vmware/cis/session")
        case (.rest, .get): (.post, "/rest/com/vmware/cis/session?~action=get")
        case (.rest, .delete): (.delete, "/rest/com/vmware/cis/session")
        case (.api, .create): (.post, "/api/session")
        case (.api, .get): (.get, "/api/session")
        case (.api, .delete): (.delete, "/api/session")
        }
    }

    /// The name of a field of a query parameter: `filter.names` on `/rest`, `names` on `/api`.
    func queryName(_ field: String, of parameter: String?) -> String {
        guard self == .rest, let parameter else { return field }
        return parameter + "." + field
    }

    /// Appends a body: `/rest` has an object of parameters, `/api` the parameter itself.
    func appendBody(_ parameter: String?, to out: ByteBuffer, _ write: (ByteBuffer) -> Void) {
        guard self == .rest, let parameter else { return write(out) }
        out.append("{\"\(parameter)\":")
        write(out)
        out.append(literal: "}")
    }

    /// Whether a decoded answer is that of an operation without a result, beside one without a body:
    /// on `/rest` an envelope that is empty or holds null and nothing else, on `/api` null.
    ///
    /// Anything else is somebody's error, or the answer to another question.
    func isNothing(_ answer: Value) -> Bool {
        guard self == .rest else { return answer.kind == .null }
        guard answer.kind == .record else { return false }
        return answer.count == 0 || (answer.count == 1 && answer["value"]?.kind == .null)
    }

    /// The result in a decoded answer; nil where the envelope is missing.
    func result(in answer: Value) -> Value? { self == .rest ? answer["value"] : answer }
}
