internal import JSON

/// One way in which a request can go wrong, as a rule of the simulator.
struct RehearsalFault: Sendable {
    /// The kind of a request, as far as it decides which faults can meet it.
    enum Kind: Sendable {
        case logIn, logOut, read, change
    }

    /// The state that somebody else needs at that moment to be able to do it.
    enum Condition: Sendable {
        case none
        /// The request is about an item.
        case item
        /// And it is not checked out.
        case freeItem
        /// And it has a previous version.
        case itemWithPrevious
    }

    /// Its name in cases and on the command line.
    let name: String
    /// The requests that can meet it.
    let kinds: [Kind]
    let condition: Condition
    /// The members of the simulator's rule.
    let rule: [JSONValue.Member]
    /// The name by which the simulator's record has it.
    let recorded: String

    private init(
        _ name: String,
        _ kinds: [Kind],
        _ rule: JSONValue,
        if condition: Condition = .none,
        recorded: String? = nil
    ) {
        self.name = name
        self.kinds = kinds
        self.condition = condition
        self.rule = rule.members ?? []
        self.recorded = recorded ?? rule["do"]?.string ?? ""
    }

    /// A fault with one word.
    private init(_ name: String, _ kinds: [Kind]) {
        self.init(name, kinds, ["do": .string(name)])
    }

    /// An error of the server.
    private init(error kind: String, _ kinds: [Kind]) {
        self.init(
            "error:\(kind)",
            kinds,
            ["do": "error", "kind": .string(kind)],
            recorded: "error:\(kind)"
        )
    }

    /// Somebody else is faster.
    private init(meanwhile deed: String, if condition: Condition) {
        self.init(
            "meanwhile:\(deed)",
            [.read, .change],
            ["do": "meanwhile", "deed": .string(deed), "user": .string(Self.somebody)],
            if: condition,
            recorded: "meanwhile:\(deed)"
        )
    }

    /// The user who does what somebody else does.
    static let somebody = "somebody@vsphere.local"

    /// Finds one by its name.
    static func named(_ name: String) -> RehearsalFault? { all.first { $0.name == name } }

    private static let every: [Kind] = [.logIn, .logOut, .read, .change]
    private static let answered: [Kind] = [.logIn, .read, .change]
    private static let inside: [Kind] = [.read, .change]

    /// All of them, in the order in which cases are tried.
    static let all: [RehearsalFault] = [
        .init("reset_before_request", every), .init("reset_before_apply", every),
        .init("reset_after_apply", every), .init("reset_mid_body", answered),
        .init("close_after_body", every), .init("malformed_json", answered),
        .init("truncate", answered, ["do": "truncate", "bytes": 1]),
        .init("wrong_length", answered),
        .init("oversize", answered, ["do": "oversize", "bytes": 1_200_000]),
        .init("slow_body", answered, ["do": "slow_body", "bytes_per_s": 20]),
        .init("no_answer", every),
        .init("delay", every, ["do": "delay", "ms": .integer(2 * 86_400_000)]),
        .init("late_apply:30s", [.change], ["do": "late_apply", "ms": 30_000]),
        .init("late_apply:1h", [.change], ["do": "late_apply", "ms": 3_600_000]),
        .init("html_503", every), .init("redirect", answered),
        .init(
            "status:429",
            answered,
            ["do": "status", "status": 429, "headers": ["retry-after": "1"]],
            recorded: "status:429"
        ),
        .init(
            "status:200",
            answered,
            ["do": "status", "status": 200, "body": ["error": "this is no answer"]],
            recorded: "status:200"
        ),
        .init(error: "service_unavailable", every),
        .init(error: "internal_server_error", answered), .init(error: "timed_out", inside),
        .init(error: "unauthenticated", every), .init(error: "unauthorized", inside),
        .init(error: "not_found", inside), .init(error: "resource_busy", [.change]),
        .init(error: "concurrent_change", [.change]),
        .init(error: "not_allowed_in_current_state", [.change]),
        .init(error: "unable_to_allocate_resource", [.change]),
        .init("expire_session", inside), .init(meanwhile: "lose_privileges", if: .none),
        .init(meanwhile: "check_out", if: .freeItem), .init(meanwhile: "check_in", if: .freeItem),
        .init(meanwhile: "roll_back", if: .itemWithPrevious),
        .init(meanwhile: "delete_item", if: .item),
    ]

    /// The rule that hits one request; an item is one that somebody changes then.
    func rule(operation: String, number: Int, item: String? = nil) -> JSONValue {
        .object(
            [
                .init("match", ["operation": .string(operation)]),
                .init("skip", .integer(number - 1)),
            ] + rule + (item.map { [.init("item", .string($0))] } ?? [])
        )
    }

    /// Whether it hits as soon as the head of a request has come, so that its body cannot tell which one to hit.
    var needsHeadOnly: Bool { name == "reset_before_request" }

    /// Whether it is what somebody else does, and not a failure.
    var isDeed: Bool { name.hasPrefix("meanwhile:") }
}
