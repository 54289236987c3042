internal import Buffers

/// How a call looks on the wire.
extension Call {
    /// Appends the path and the query to a URL that ends behind the host.
    func appendPath(in dialect: Dialect, to url: ByteBuffer) {
        var hasQuery = false
        for piece in operation.path(in: dialect) {
            switch piece {
            case .text(let text):
                url.append(text)
                if operation.isLiteral || text.utf8.contains(UInt8(ascii: "?")) {
                    hasQuery = text.utf8.contains(UInt8(ascii: "?"))
                }
            case .argument(let number):
                if let value = arguments[number] { url.append(segment: value) }
            }
        }
        for (parameter, argument) in zip(operation.parameters, arguments) {
            guard let argument else { continue }
            switch parameter.use {
            case .query(let name):
                Self.append(name, argument, hasQuery: &hasQuery, to: url)
            case .fields(of: let owner):
                for (key, value) in argument.fields {
                    let name = dialect.queryName(key.string ?? "", of: owner)
                    let values = value.kind == .array ? Array(value.elements) : [value]
                    for value in values { Self.append(name, value, hasQuery: &hasQuery, to: url) }
                }
            case .path, .action, .specification, .text: break
            }
        }
    }

    /// The body; nil where the operation has none.
    func body(in dialect: Dialect) -> ByteBuffer? {
        for (parameter, argument) in zip(operation.parameters, arguments) {
            guard let argument else { continue }
            switch parameter.use {
            case .specification(let shape, let name):
                let body = ByteBuffer()
                dialect.appendBody(name, to: body) { out in
                    shape.encode(argument, spelling: dialect.maps, into: out)
                }
                return body
            case .text:
                let body = ByteBuffer()
                dialect.appendBody("spec", to: body) { out in
                    out.append("{\"\(parameter.name)\":")
                    Shape.string.encode(argument, spelling: dialect.maps, into: out)
                    out.append(literal: "}")
                }
                return body
            case .path, .query, .fields, .action: break
            }
        }
        return nil
    }

    private static func append(
        _ name: String,
        _ value: Value,
        hasQuery: inout Bool,
        to url: ByteBuffer
    ) {
        let text: String
        switch value.kind {
        case .string: text = value.string ?? ""
        case .integer: text = String(value.integer ?? 0)
        case .double: text = "\(value.number ?? 0)"
        case .boolean: text = value.boolean == true ? "true" : "false"
        case .nil, .null, .array, .record, .object: return
        }
        url.append(UInt8(ascii: hasQuery ? "&" : "?"))
        hasQuery = true
        url.append(query: name)
        url.append(literal: "=")
        url.append(query: text)
    }
}
