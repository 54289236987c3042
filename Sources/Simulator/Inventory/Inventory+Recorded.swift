internal import APIIndex
internal import JSON

extension Inventory {
    /// Refuses a read that was refused when the inventory was taken.
    func refuseRecorded(_ route: Route, _ call: Call) throws(VAPIError) {
        guard !refusals.isEmpty, !route.isChanging else { return }
        if let reason = refusals.reason(route.label, call.parameters) { throw VAPIError(reason) }
    }

    /// The answer of an operation: as it was recorded, with what the model knows better.
    /// - Throws: `service_unavailable` where the recorded answer is that there is none.
    func recorded(
        _ live: DataValue,
        _ route: Route,
        _ call: Call
    ) throws(VAPIError) -> DataValue {
        guard let operation = route.operation, let facts = route.facts,
            let (found, places) = record(operation, facts, call)
        else { return live }
        guard found != .null else {
            throw VAPIError(
                .serviceUnavailable,
                "recorded.nothing",
                "The vCenter had no answer when its inventory was taken.",
                call.parameters
            )
        }
        return RecordedReader.read(found, as: facts.result).taking(places, from: live)
    }

    /// What was recorded of the object that a call is about, and the fields that are not taken from there.
    private func record(
        _ operation: Operation,
        _ facts: APIOperation,
        _ call: Call
    ) -> (JSONValue, live: [String])? {
        let id = call.parameters.first ?? ""
        var (recorded, live, place): (Recorded?, [String], String?) = (nil, [], nil)
        var named = operation
        switch operation {
        case .getLibrary, .getLocalLibrary:
            recorded = libraries[id]?.recorded
            named = .getLibrary
            live = ["id", "name", "description", "type", "creation_time", "last_sync_time"]
        case .getItem:
            recorded = items[id]?.recorded
            live = [
                "id", "library_id", "name", "description", "type", "source_id", "content_version",
                "creation_time", "last_modified_time",
            ]
        case .getTemplate:
            recorded = items[id]?.latest.flatMap { machines[$0.template] }?.recorded
            live = [
                "guest_OS", "cpu.count", "cpu.cores_per_socket", "memory.size_MiB",
                "vm_home_storage.datastore", "vm_template",
            ]
        case .getVM:
            recorded = machines[id]?.recorded
            live = ["name", "guest_OS", "power_state"]
            live += Self.liveProcessor.map { "cpu.\($0)" } + Self.liveMemory.map { "memory.\($0)" }
        case .getHardware:
            recorded = machines[id]?.recorded
            named = .getVM
            place = facts.fullName.contains(".cpu.") ? "cpu" : "memory"
            live = place == "cpu" ? Self.liveProcessor : Self.liveMemory
        case .getPower:
            recorded = machines[id]?.recorded
            live = ["state"]
        case .getTools, .getGuest: recorded = machines[id]?.recorded
        case .getTagCategory:
            recorded = tagCategories.first { $0.id == id }?.recorded
            live = ["id", "name", "description", "cardinality"]
        case .getTag:
            recorded = tags.first { $0.id == id }?.recorded
            live = ["id", "name", "description", "category_id"]
        case .getCustomizationSpec:
            recorded = placements.first { $0.kind == .customizationSpec && $0.id == id }?.recorded
        case .getTask: recorded = tasks.first { $0.id == id }?.recorded
        case .getRelease: recorded = self.recorded
        default: return nil
        }
        guard let answer = recorded?[named] else { return nil }
        guard let place else { return (answer, live) }
        return answer[place].map { ($0, live) }
    }

    private static let liveProcessor = [
        "count", "cores_per_socket", "hot_add_enabled", "hot_remove_enabled",
    ]
    private static let liveMemory = ["size_MiB", "hot_add_enabled"]
}

extension Placement {
    /// Its element in a list: as it was recorded, under its present name.
    func element(_ live: DataValue, in route: APIOperation?, of operation: Operation) -> DataValue {
        guard let answer = recorded[operation], case .list(let type)? = route?.result.unwrapped
        else { return live }
        return RecordedReader.read(answer, as: type).taking(["name"], from: live)
    }
}
