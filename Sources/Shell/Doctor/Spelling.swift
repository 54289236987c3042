internal import Text
internal import VSphere

/// How names from outside stand in a report: as they are, or masked.
struct Spelling {
    /// Masks them; nil shows them.
    var mask: CassetteMask?

    /// A name as a whole: of a host, a user, a library, a file.
    func name(_ text: String) -> String {
        mask?.name(text) ?? Display.escape(bytes: Array(text.utf8), limit: 200)
    }

    /// The name of a user.
    func user(_ text: String) -> String { mask?.user(text) ?? Display.escape(text) }

    /// A vCenter's address, as a title.
    func endpoint(_ endpoint: Endpoint) -> String {
        guard let mask else { return "\(endpoint)" }
        let host = mask.host(endpoint.host)
        return "\(Endpoint(scheme: endpoint.scheme, host: host, port: endpoint.port))"
    }

    /// The name of a product; VMware's own is no secret.
    func release(_ product: String) -> String {
        product == "VMware vCenter Server" ? product : name(product)
    }

    /// A text of ours that may have names in it.
    func text(_ text: String) -> String { mask?.cleaned(text) ?? text }

    /// A run, with its process and its identifier.
    func run(_ text: String) -> String { mask == nil ? text : "a run" }

    /// A text that may have names in it which nobody knows of.
    func foreign(_ text: String) -> String { mask == nil ? text : "the message is masked" }

    /// Kind, status and message; the message is another's, and may have any name in it.
    func error(_ error: VSphereError) -> String {
        let status = error.status.map { " (HTTP \($0))" } ?? ""
        let head = Display.escape(error.kind.rawValue) + status
        guard mask != nil, error.status != nil else {
            return "\(head): \(text(error.message))"
        }
        return "\(head): its message is masked"
    }
}
