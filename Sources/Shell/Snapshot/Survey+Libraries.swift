internal import JSON
internal import Text
internal import VSphere

/// Content libraries, their items, and the history of these.
extension Survey {
    /// A library while it is read.
    private final class Shelf {
        var model: JSONValue?
        var isRefused = false
        var subscriptions: JSONValue?
        var ids: [String] = []
        var items: [SnapshotDocument.Piece?] = []
        /// The machines of the versions of each item.
        var machines: [[SnapshotDocument.Piece]] = []
    }

    /// An item while it is read.
    private final class Draft {
        var model: JSONValue?
        /// Whether the model only stands for one that was refused: a list has the item all the same.
        var isRefused = false
        var template: JSONValue?
        var versions: [JSONValue] = []
        var changes: [JSONValue] = []
        var messages: [JSONValue?] = []
        var checkOuts: [JSONValue] = []
        var holders: [JSONValue?] = []
    }

    /// Reads the libraries that are wanted.
    func readLibraries(_ done: @escaping () -> Void) {
        begin("libraries")
        var shelves: [Shelf] = []
        let round = Round { [self] in
            let chosen = shelves.filter { $0.model != nil && isWanted($0.model) }
            if let missing = missingLibrary(among: shelves) { return fail(missing) }
            readItems(of: chosen, done)
        }
        ask(.listLibraries, in: round) { [self] found in
            let ids = found.array?.compactMap(\.string) ?? []
            shelves = ids.map { _ in Shelf() }
            each(ids.count, in: round) { [self] index, own in
                let shelf = shelves[index]
                askModel(.getLibrary, ids[index], in: own) { [self] model, isRefused in
                    (shelf.model, shelf.isRefused) = (model, isRefused)
                    guard isWanted(model) else { return }
                    ask(.listItems, ids[index], in: own) {
                        shelf.ids = $0.array?.compactMap(\.string) ?? []
                    }
                    guard isRefused || model.text("type") == "LOCAL" else { return }
                    ask(.listSubscriptions, ids[index], in: own) { shelf.subscriptions = $0 }
                }
                return {}
            }
        }
        round.leave()
    }

    /// Reads a model; one that is refused, and not gone, is told with its identifier for a name, since lists have it.
    func askModel(
        _ operation: VSphere.Operation,
        _ id: String,
        in round: Round,
        _ answer: @escaping (_ model: JSONValue, _ isRefused: Bool) -> Void
    ) {
        ask(operation, [id], in: round) { result in
            switch result {
            case .success(let model):
                answer(model, false)
                return true
            case .failure(let error):
                if error.kind != .notFound {
                    answer(["id": .string(id), "name": .string(id)], true)
                }
                return false
            }
        }
    }

    private func isWanted(_ model: JSONValue?) -> Bool {
        wanted.isEmpty
            || wanted.contains { $0 == model?.text("name") || $0 == model?.text("id") }
    }

    private func missingLibrary(among shelves: [Shelf]) -> VSphereError? {
        let names = shelves.flatMap { [$0.model?.text("name"), $0.model?.text("id")] }
            .compactMap { $0 }
        guard let missing = wanted.first(where: { !names.contains($0) }) else { return nil }
        return VSphereError(
            .notFound,
            "there is no library \(Display.escape(missing))",
            operation: "snapshot",
            hint: Suggestion.nearest(to: missing, among: names)
                .map { "did you mean \(Display.escape($0))?" }
                ?? "without --library all of them are read"
        )
    }

    private func readItems(of shelves: [Shelf], _ done: @escaping () -> Void) {
        begin("items", of: shelves.reduce(0) { $0 + $1.ids.count })
        let round = Round { [self] in
            document.libraries = shelves.map { shelf in
                .init(head: head(of: shelf, among: shelves), items: shelf.items.compactMap { $0 })
            }
            document.machines = shelves.flatMap { $0.machines.joined() }
            done()
        }
        for shelf in shelves {
            shelf.items = Array(repeating: nil, count: shelf.ids.count)
            shelf.machines = Array(repeating: [], count: shelf.ids.count)
            each(shelf.ids.count, in: round) { [self] index, own in
                let draft = Draft()
                read(shelf.ids[index], draft, in: own)
                return { [self] in
                    shelf.items[index] = piece(draft, shelf.ids[index], &shelf.machines[index])
                }
            }
        }
        round.leave()
    }

    private func head(of shelf: Shelf, among shelves: [Shelf]) -> JSONValue {
        let model = shelf.model ?? .null
        let url = model["subscription_info"]?.text("subscription_url")
        let source = shelves.first { other in
            url != nil && other.model?["publish_info"]?.text("publish_url") == url
        }
        let isPublished = model["publish_info"]?["published"]?.boolean == true
        let followers = shelf.subscriptions?.array ?? []
        let subscriptions = followers.isEmpty ? Optional.none : shelf.subscriptions
        return .members([
            ("id", model["id"]), ("name", model["name"]), ("type", model["type"]),
            ("description", model["description"]), ("creation_time", model.time("creation_time")),
            ("published", isPublished ? true : Optional.none), ("source", source?.model?["id"]),
            ("last_sync_time", model.time("last_sync_time")),
            (
                "answers",
                .members([
                    (
                        VSphere.Operation.getLibrary.name,
                        shelf.isRefused ? Optional.none : model.recorded
                    ),
                    (VSphere.Operation.listSubscriptions.name, subscriptions?.recorded),
                ])
            ),
        ])
    }

    // MARK: Items

    private func read(_ id: String, _ draft: Draft, in round: Round) {
        askModel(.getItem, id, in: round) { [self] model, isRefused in
            (draft.model, draft.isRefused) = (model, isRefused)
            ask(.listChanges, id, in: round) { [self] changes in
                draft.changes = changes.array ?? []
                draft.messages = Array(repeating: Optional.none, count: draft.changes.count)
                for (index, change) in draft.changes.enumerated() {
                    // The list has the beginning of a message only.
                    guard change["short_message"] != nil, let version = change.text("version")
                    else { continue }
                    ask(.getChange, id, version, in: round) { draft.messages[index] = $0 }
                }
            }
            guard isRefused || model.text("type") == "vm-template" else { return }
            ask(.getTemplate, id, in: round) { draft.template = $0 == .null ? Optional.none : $0 }
            ask(.listVersions, id, in: round) { draft.versions = $0.array ?? [] }
            ask(.listCheckOuts, id, in: round) { [self] found in
                draft.checkOuts = found.array ?? []
                draft.holders = Array(repeating: Optional.none, count: draft.checkOuts.count)
                for (index, checkOut) in draft.checkOuts.enumerated() {
                    guard let vm = checkOut.text("vm") else { continue }
                    ask(.getCheckOut, id, vm, in: round) { draft.holders[index] = $0 }
                }
            }
        }
    }

    /// The text of an item; nil for one that could not be read, or is gone.
    private func piece(
        _ draft: Draft,
        _ id: String,
        _ machines: inout [SnapshotDocument.Piece]
    ) -> SnapshotDocument.Piece? {
        guard let model = draft.model else { return nil }
        let isTemplate = draft.template != nil || !draft.versions.isEmpty
        let unseenType: JSONValue = isTemplate ? "vm-template" : "unknown"
        let latest =
            model.text("content_version")
            ?? draft.versions.compactMap { $0.text("version") }.max {
                (Int($0) ?? 0) < (Int($1) ?? 0)
            }
        // The latest comes last, whatever the order in which they came.
        let versions =
            draft.versions.filter { $0.text("version") != latest }
            + draft.versions.filter { $0.text("version") == latest }
        for vm in versions.compactMap({ $0.text("vm_template") }) {
            machines.append(template(vm, draft))
        }
        let checkOuts = zip(draft.checkOuts, draft.holders).map { checkOut, holder in
            if let vm = checkOut.text("vm") { checkedOut[vm] = id }
            return JSONValue.members([
                ("vm", checkOut["vm"]), ("time", holder?.time("time")), ("user", holder?["user"]),
            ])
        }
        let numbers = (draft.versions + draft.changes).compactMap {
            $0.text("version").flatMap { Int($0) }
        }
        return SnapshotDocument.piece(
            .members([
                ("id", .string(id)), ("name", model["name"]),
                ("type", draft.isRefused ? unseenType : model["type"]),
                ("description", model["description"]),
                ("creation_time", model.time("creation_time")),
                ("last_modified_time", model.time("last_modified_time")),
                ("source", model["source_id"]),
                ("next_version", .integer((numbers.max() ?? 0) + 1)),
                (
                    "versions",
                    versions.isEmpty ? Optional.none : .array(versions.map { version($0) })
                ),
                ("check_outs", checkOuts.isEmpty ? Optional.none : .array(checkOuts)),
                (
                    "changes",
                    draft.changes.isEmpty
                        ? Optional.none
                        : .array(zip(draft.changes, draft.messages).map { change($0, $1) })
                ),
                (
                    "answers",
                    draft.isRefused
                        ? Optional.none
                        : .members([(VSphere.Operation.getItem.name, model.recorded)])
                ),
            ])
        )
    }

    private func version(_ answer: JSONValue) -> JSONValue {
        .members([("version", answer["version"]), ("vm_template", answer["vm_template"])])
    }

    private func change(_ summary: JSONValue, _ whole: JSONValue?) -> JSONValue {
        let (message, short) = (whole?.text("message"), summary.text("short_message"))
        return .members([
            ("version", summary["version"]), ("time", summary.time("time")),
            ("user", summary["user"]), ("message", message.map { .string($0) }),
            // Only where it is cut in another way than the documentation says.
            ("short_message", short == message?.short ? Optional.none : summary["short_message"]),
        ])
    }

    /// The machine of a version: nothing but the item tells of it, and of the previous version's nothing at all, so that
    /// it gets the same hardware.
    private func template(_ vm: String, _ draft: Draft) -> SnapshotDocument.Piece {
        let info = draft.template
        let home = info?["vm_home_storage"]?.text("datastore")
        return SnapshotDocument.piece(
            .members([
                ("vm", .string(vm)), ("name", draft.model?["name"]), ("template", true),
                ("cpu_count", info?["cpu"]?["count"]),
                ("cores_per_socket", info?["cpu"]?["cores_per_socket"]),
                ("memory_size_MiB", info?["memory"]?["size_MiB"]), ("guest_OS", info?["guest_OS"]),
                ("datastore", home.map { .string($0) }),
                (
                    "disks",
                    info?["disks"]?.entries { id, disk in
                        .members([
                            ("id", .string(id)), ("capacity", disk.number("capacity")),
                            ("datastore", disk["disk_storage"]?["datastore"]),
                        ])
                    }
                ),
                (
                    "nics",
                    info?["nics"]?.entries { id, nic in
                        .members([("id", .string(id)), ("network", nic["network"])])
                    }
                ),
                (
                    "answers",
                    info.map {
                        .members([(VSphere.Operation.getTemplate.name, $0.recorded)])
                    }
                ),
            ])
        )
    }
}

extension JSONValue {
    /// The entries of a map by key, as a list.
    func entries(_ make: (String, JSONValue) -> JSONValue) -> JSONValue {
        .array((members ?? []).sorted { $0.name.isBefore($1.name) }.map { make($0.name, $0.value) })
    }

    /// A time as an inventory has it: UTC, to the millisecond; nil where there is none.
    func time(_ name: String) -> JSONValue? {
        text(name).flatMap { Timestamp(parsing: $0) }.map { .string($0.text()) }
    }
}

extension String {
    /// The beginning of a message as a list has it: 80 characters, or up to the first newline that is not the first
    /// character.
    ///
    /// Source: `content.library.item.changes.summary` in VMware's Python SDK.
    fileprivate var short: String {
        let end = indices.dropFirst().first { self[$0].isNewline }
        return String(self[..<(end ?? endIndex)].prefix(80))
    }
}
