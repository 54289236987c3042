public import Buffers
internal import JSON
public import VSphere

/// Makes parts of an observation from answers.
extension Observation {
    /// The answer to one question: its result, nil if it has none, or the error.
    public typealias Reply = Result<Value?, VSphereError>

    /// A check-out, from the answers of `getCheckOut` and `getVM`.
    public static func checkOut(
        _ vm: String,
        _ details: Reply,
        machine: Reply
    ) -> Observation.CheckOut {
        var found = Observation.CheckOut(vm)
        switch (details, machine) {
        // It has ended since it was listed.
        case (.failure(let error), _) where ["not_found", "invalid_argument"].contains(error.kind):
            return found
        case (.failure(let error), _), (_, .failure(let error)): found.problem = error.description
        default: break
        }
        if case .success(let value) = details {
            found.user = value?["user"]?.string
            found.time = value?["time"]?.string
        }
        if case .success(let value) = machine {
            found.name = value?["name"]?.string
            if found.name == nil { found.problem = "the answer names no machine" }
        }
        return found
    }

    /// The machine in an answer of `getVM` or `getPower`.
    public static func machine(_ answer: Reply) -> Observation.Part<Observation.Machine> {
        switch answer {
        case .success(let value): .read(.init(power: value?["state"]?.string))
        case .failure(let error): part(error)
        }
    }

    /// The identifiers in a list.
    public static func identifiers(
        _ answer: Reply,
        _ identifier: (Value) -> String?
    ) -> Observation.Part<[String]> {
        switch answer {
        case .success(let list): .read(list?.elements.compactMap(identifier) ?? [])
        case .failure(let error): part(error)
        }
    }

    /// Whether an object is as a change wants it, in the answer of the read that tells.
    /// - Parameters:
    ///   - answer: Of `getCPU`, `getMemory`, `getItem`, `listTags` or `getLibrary`.
    ///   - intent: The change, with what it sets.
    /// - Returns: Whether it is so, or why that could not be read.
    public static func settings(
        _ answer: Reply,
        of intent: ChangeIntent
    ) -> Observation.Part<Bool> {
        let value: Value?
        switch answer {
        case .success(let found): value = found
        case .failure(let error): return part(error)
        }
        switch intent.kind {
        case .attachTag, .detachTag:
            let tags = value?.elements.compactMap(\.string) ?? []
            return .read(
                tags.contains(intent.wanted?["tag"]?.string ?? "") == (intent.kind == .attachTag)
            )
        // It is there.
        case .deleteLibrary: return .read(false)
        default:
            let wanted = intent.wanted?["spec"]?.members ?? []
            let told = wanted.filter { !$0.value.hidesSecret }
            let isSo = told.allSatisfy { field in
                let found = value?[field.name].map { JSONValue($0) }
                if let number = field.value.number { return found?.number == number }
                return field.value == .null || found == field.value
            }
            // A read does not tell what the journal does not know.
            return isSo && told.count < wanted.count ? .unavailable : .read(isSo)
        }
    }

    /// The entries in an answer of `listChanges`.
    public static func history(_ answer: Reply) -> Observation.Part<[Observation.Change]> {
        do throws(VSphereError) {
            return .read(try entries(answer))
        } catch {
            return part(error)
        }
    }

    /// The entries in an answer of `listChanges`, before anything was sent; empty if the vCenter
    /// keeps no history.
    ///
    /// Any other failure is thrown, `unauthorized` too: without the history a lost answer could not be
    /// settled afterwards, and a user who may read the versions may read it (`System.Read` both).
    public static func historyBefore(_ answer: Reply) throws(VSphereError) -> [Observation.Change] {
        do throws(VSphereError) {
            return try entries(answer)
        } catch {
            guard error.kind != .noSuchRoute else { return [] }
            var error = error
            error.message =
                "the item's history could not be read, so nothing was sent: \(error.message)"
            throw error
        }
    }

    private static func entries(_ answer: Reply) throws(VSphereError) -> [Observation.Change] {
        let entries = try answer.get()?.elements.map { entry in
            Observation.Change(
                entry["version"]?.string ?? "",
                time: entry["time"]?.string ?? "",
                user: entry["user"]?.string,
                message: entry["short_message"]?.string ?? ""
            )
        }
        return entries ?? []
    }

    /// The state in the answers of `getItem`, `listVersions` and `listCheckOuts`; later answers are
    /// ignored.
    public static func state(_ answers: [Reply]) throws(VSphereError) -> Observation.State {
        let latest = try answers[0].get()?["content_version"]?.string
        let versions = try answers[1].get()?.elements.map {
            Observation.Version(
                $0["version"]?.string ?? "",
                template: $0["vm_template"]?.string ?? ""
            )
        }
        // An item always has its latest version: an empty list cannot be right.
        guard versions?.isEmpty == false else {
            throw VSphereError(.protocolViolation, "the list of versions is empty")
        }
        let checkOuts = try answers[2].get()?.elements.map {
            Observation.CheckOut($0["vm"]?.string ?? "")
        }
        return Observation.State(
            latest: latest,
            versions: versions ?? [],
            checkOuts: checkOuts ?? []
        )
    }

    /// Whether an item is there, in an answer of `getItem`; items of every type have one.
    public static func existence(_ answer: Reply) -> Observation.Part<Observation.State> {
        switch answer {
        case .success(let item):
            .read(.init(latest: item?["content_version"]?.string, versions: [], checkOuts: []))
        case .failure(let error): part(error)
        }
    }

    /// Why something could not be read.
    public static func part<Content>(_ error: VSphereError) -> Observation.Part<Content> {
        switch error.kind {
        case .notFound: .gone
        case .noSuchRoute: .unavailable
        default: .failed(error.description)
        }
    }
}
