internal import Buffers
internal import Transport

/// One of the two forms in which vCenter offers the same operations.
///
/// All their differences are here and in `Dialect+ErrorBody.swift`; no other file depends on the
/// dialect. `/rest` is the older one: flattened method parameters, answers in an envelope, maps as arrays
/// of pairs. `/api` is plain JSON.
public enum Dialect: String, Sendable, CaseIterable {
    case rest
    case api

    /// The part of the API that a path belongs to: the parts moved to `/api` by different rules.
    enum Family: Sendable {
        /// `/vcenter/…`
        case vcenter
        /// The content library's services, `com.vmware.content.…`.
        case contentLibrary
        /// `/content/…`, also on `/rest` without `com/vmware`: an item's changes.
        case contentHistory
        /// `/cis/…`
        case cis
        /// The services of tags, `com.vmware.cis.tagging.…`.
        case tagging
        /// The deployment of OVF items, `com.vmware.vcenter.ovf.…`.
        case ovf
        /// A path that the caller gives in full.
        case literal

        /// Whether `/rest` has it under `com/vmware`, with `id:` before identifiers and `~action`.
        var isNamespaced: Bool {
            switch self {
            case .contentLibrary, .tagging, .ovf: true
            case .vcenter, .contentHistory, .cis, .literal: false
            }
        }
    }

    /// The form of an action.
    enum Action: Sendable {
        /// `?action=rollback`
        case named(String)
        /// Power: `/power/start` on `/rest`, `/power?action=start` on `/api`. The argument with this
        /// index is the action.
        case chosen(Int)
    }

    /// A part of a path.
    enum Piece: Sendable, Equatable {
        /// Text that is sent unchanged.
        case text(String)
        /// The argument with this index, percent-encoded.
        case argument(Int)
    }

    /// The form of a map.
    enum MapSpelling: Sendable {
        /// `{"k": v}`
        case object
        /// `[{"key": "k", "value": v}]`
        case pairs
    }

    /// The requests to the session service.
    enum SessionRequest: Sendable, CaseIterable { case create, get, delete }

    /// The dialects to try, in order.
    static func candidates(for choice: ConnectionProfile.DialectChoice) -> [Dialect] {
        switch choice {
        case .automatic, .jsonrpc: [.rest, .api]
        case .rest: [.rest]
        case .api: [.api]
        }
    }

    /// The other dialect.
    public var other: Dialect { self == .rest ? .api : .rest }

    /// The form of maps, in both directions.
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
                text += String(part)
                continue
            }
            // Identifiers of the `com/vmware` services get this mark.
            if self == .rest, family.isNamespaced { text += "id:" }
            guard let number = names.firstIndex(of: String(part[..<end])) else {
                preconditionFailure("the path \(path) names a parameter that is not declared")
            }
            pieces += [.text(text), .argument(number)]
            text = String(part[bytes.index(after: end)...])
        }
        switch action {
        case nil: break
        case .named(let name):
            let isTilde = self == .rest && family.isNamespaced
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
        case (.rest, .tagging): "/rest/com/vmware/cis/tagging"
        case (.rest, .ovf): "/rest/com/vmware/vcenter/ovf"
        case (.rest, .literal): "/rest"
        case (.api, .vcenter): "/api/vcenter"
        case (.api, .contentLibrary), (.api, .contentHistory): "/api/content"
        case (.api, .cis): "/api/cis"
        case (.api, .tagging): "/api/cis/tagging"
        case (.api, .ovf): "/api/vcenter/ovf"
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

    /// Appends a body: on `/rest` an object of parameters, on `/api` the parameter itself.
    func appendBody(_ parameter: String?, to out: ByteBuffer, _ write: (ByteBuffer) -> Void) {
        guard self == .rest, let parameter else { return write(out) }
        out.append("{\"\(parameter)\":")
        write(out)
        out.append(literal: "}")
    }

    /// Tells whether a decoded answer is that of an operation without a result (an answer without a body is one too):
    /// on `/rest` an empty envelope, or one with only null, on `/api` null.
    ///
    /// Anything else is an error of another server, or the answer to another request.
    func isNothing(_ answer: Value) -> Bool {
        guard self == .rest else { return answer.kind == .null }
        guard answer.kind == .record else { return false }
        return answer.count == 0 || (answer.count == 1 && answer["value"]?.kind == .null)
    }

    /// The result in a decoded answer; nil if the envelope is missing.
    func result(in answer: Value) -> Value? { self == .rest ? answer["value"] : answer }
}
