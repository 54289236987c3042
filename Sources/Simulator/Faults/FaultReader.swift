internal import APIIndex
internal import JSON
internal import Text

/// Why a fault was refused.
struct FaultError: Error, CustomStringConvertible {
    /// One line for a person.
    let description: String
}

extension Fault {
    /// Reads a fault: `{"match":{…},"skip":0,"times":1,"do":"…",…}`.
    /// - Throws: `FaultError` naming the wrong member; a misspelt one is wrong too.
    init(_ document: JSONValue) throws(FaultError) {
        guard let members = document.members, let name = document["do"]?.string else {
            throw FaultError(description: "a fault is an object with a member \"do\"")
        }
        guard let parameters = Self.parameters[name] else {
            throw FaultError(description: "there is no fault named \"\(name)\"")
        }
        let known = Self.common + parameters
        for member in members where !known.contains(member.name) {
            throw FaultError(description: "the fault \(name) has no member \"\(member.name)\"")
        }
        effect = try Self.effect(name, of: document)
        skip = try Self.count("skip", in: document) ?? 0
        if let given = document["times"] {
            times = given == .null ? nil : try Self.count("times", in: document)
        }
        guard times != 0 else { throw FaultError(description: "times must be at least 1, or null") }
        for member in document["match"]?.members ?? [] {
            guard let text = member.value.string else {
                throw FaultError(description: "match.\(member.name) must be a string")
            }
            switch member.name {
            case "operation":
                guard Operation(rawValue: text) != nil || APIFacts.operation(text) != nil
                else {
                    throw FaultError(description: "there is no operation named \"\(text)\"")
                }
                operation = APIFacts.operation(text)?.fullName ?? text
            case "method": method = text.uppercased()
            case "path": path = Glob(text)
            default: throw FaultError(description: "match has no member \"\(member.name)\"")
            }
        }
    }

    private static let common = ["match", "skip", "times", "do"]

    /// The members of each effect.
    private static let parameters: [String: [String]] = [
        "delay": ["ms"], "status": ["status", "body", "body_base64", "content_type", "headers"],
        "error": ["kind"], "html_503": [], "redirect": ["location"], "malformed_json": [],
        "truncate": ["bytes"], "wrong_length": [], "oversize": ["bytes"],
        "slow_body": ["bytes_per_s"], "reset_before_request": [], "reset_before_apply": [],
        "reset_after_apply": [], "reset_mid_body": [], "close_after_body": [],
        "late_apply": ["ms"], "expire_session": [], "no_route": [], "no_answer": [],
        "meanwhile": ["deed", "item", "user"],
    ]

    private static func effect(
        _ name: String,
        of document: JSONValue
    ) throws(FaultError) -> Effect {
        switch name {
        case "delay": .delay(milliseconds: try required("ms", in: document))
        case "status": try status(of: document)
        case "error": .error(try kind(of: document))
        case "html_503": .html503
        case "redirect":
            .redirect(location: document["location"]?.string ?? "https://elsewhere.invalid/")
        case "malformed_json": .malformedJSON
        case "truncate": .truncate(bytes: try required("bytes", in: document))
        case "wrong_length": .wrongLength
        case "oversize": .oversize(bytes: try count("bytes", in: document))
        case "slow_body":
            .slowBody(bytesPerSecond: max(1, try required("bytes_per_s", in: document)))
        case "reset_before_request": .resetBeforeRequest
        case "reset_before_apply": .resetBeforeApply
        case "reset_after_apply": .resetAfterApply
        case "reset_mid_body": .resetMidBody
        case "close_after_body": .closeAfterBody
        case "late_apply": .lateApply(milliseconds: try required("ms", in: document))
        case "no_route": .noRoute
        case "no_answer": .noAnswer
        case "meanwhile": try meanwhile(document)
        default: .expireSession
        }
    }

    private static func status(of document: JSONValue) throws(FaultError) -> Effect {
        let status = try required("status", in: document)
        guard (200...599).contains(status) else {
            throw FaultError(description: "status must be between 200 and 599")
        }
        var body = Array((document["body"]?.string ?? "").utf8)
        // A body that is not a string is written as JSON.
        if let tree = document["body"], tree.string == nil {
            body = Array(JSONEncoder().encode(tree).utf8)
        }
        if let text = document["body_base64"]?.string {
            guard let bytes = Base64.decode(text) else {
                throw FaultError(description: "body_base64 is no base64")
            }
            body = bytes
        }
        var headers: [String: String] = [:]
        for member in document["headers"]?.members ?? [] {
            headers[member.name] = member.value.string ?? ""
        }
        return .status(
            status,
            body: body,
            contentType: document["content_type"]?.string ?? "application/json",
            headers: headers
        )
    }

    private static func meanwhile(_ document: JSONValue) throws(FaultError) -> Effect {
        guard let name = document["deed"]?.string, let deed = Deed(rawValue: name) else {
            let names = Deed.allCases.map(\.rawValue).joined(separator: ", ")
            throw FaultError(description: "deed must be one of \(names)")
        }
        let user = document["user"]?.string ?? "somebody@vsphere.local"
        if let item = document["item"], item.string == nil {
            throw FaultError(description: "item must be an identifier")
        }
        return .meanwhile(deed, item: document["item"]?.string, user: User.canonical(user))
    }

    private static func kind(of document: JSONValue) throws(FaultError) -> VAPIError.Kind {
        guard let name = document["kind"]?.string, let kind = VAPIError.Kind(rawValue: name) else {
            throw FaultError(description: "kind must name an error of com.vmware.vapi.std.errors")
        }
        return kind
    }

    private static func required(
        _ name: String,
        in document: JSONValue
    ) throws(FaultError) -> Int {
        guard let number = try count(name, in: document) else {
            throw FaultError(description: "\(name) is missing")
        }
        return number
    }

    private static func count(_ name: String, in document: JSONValue) throws(FaultError) -> Int? {
        guard let value = document[name] else { return nil }
        guard let number = value.integer, number >= 0 else {
            throw FaultError(description: "\(name) must be a whole number, not negative")
        }
        return number
    }
}
