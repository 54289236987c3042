internal import APIIndex
internal import JSON

/// Tasks: each cloning operation makes one, already finished, and the start of a machine that was deployed to be on one
/// that runs until it is on, and can be canceled.
enum TaskRoutes {
    private static let service = "com.vmware.cis.tasks"
    private static let all = "cis/tasks"
    private static let one = all + "/{task}"

    static let routes: [Route] = [
        Route(
            .getTask,
            service,
            "get",
            "GET",
            one,
            takes: [.optional("spec", .structure(.taskOptions))]
        ) { call, inventory throws(VAPIError) in
            info(
                of: try task(call.parameters[0], in: inventory),
                at: call.requester.time,
                hasResult: call.spec.boolean("exclude_result") != true
            )
        },

        Route(.cancelTask, service, "cancel", "POST", one, action: "cancel") {
            call,
            inventory throws(VAPIError) in
            try inventory.cancelTask(call.parameters[0], at: call.requester.time)
            return .void
        },

        Route(
            .listTasks,
            service,
            "list",
            rest: .init(method: "GET", path: "/rest/\(all)"),
            api: .init(method: "GET", path: "/api/\(all)"),
            takes: listing,
            body: .inventory(list)
        ),

        // One release of the specification has a POST for this list.
        Route(
            .listTasks,
            service,
            "list_by_post",
            rest: .init(method: "GET", path: "/rest/\(all)"),
            api: .init(method: "POST", path: "/api/\(all)", action: "list"),
            takes: listing,
            body: .inventory(list)
        ),
    ]

    private static let listing: [Member] = [
        .optional("filter_spec", .structure(.taskFilter)),
        .optional("result_spec", .structure(.taskOptions)),
    ]

    private static let list: @Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue = {
        call,
        inventory throws(VAPIError) in
        let options = call.arguments.structure("result_spec")
        return .map(
            inventory.tasks.filter { task in
                call.admits("tasks", task.id) && call.admits("services", task.service)
                    && call.admits("operations", task.operation) && call.admits("users", task.user)
                    && call.admits("status", task.status(at: call.requester.time).rawValue)
                    && call.admits("targets", nil)
            }.map {
                (
                    $0.id,
                    info(
                        of: $0,
                        at: call.requester.time,
                        hasResult: options?.boolean("exclude_result") != true
                    )
                )
            }
        )
    }

    private static func task(
        _ id: String,
        in inventory: Inventory
    ) throws(VAPIError) -> TaskRecord {
        guard let task = inventory.tasks.first(where: { $0.id == id }) else {
            throw .notFound("task", id)
        }
        return task
    }

    /// How far a task is, in percent.
    private static func progress(_ task: TaskRecord, _ now: Instant) -> DataValue {
        let whole = max(1, task.end.milliseconds - task.start.milliseconds)
        let done = max(0, now.milliseconds - task.start.milliseconds)
        let message = DataValue.structure(
            "com.vmware.vapi.std.localizable_message",
            [
                .init("id", .string("task.progress")),
                .init("default_message", .string("In progress")), .init("args", .list([])),
                .init("params", .optional(nil)), .init("localized", .optional(nil)),
            ]
        )
        return .structure(
            "com.vmware.cis.task.progress",
            [
                .init("total", .integer(100)),
                .init("completed", .integer(min(99, 100 * done / whole))),
                .init("message", message),
            ]
        )
    }

    private static func info(
        of task: TaskRecord,
        at now: Instant,
        hasResult: Bool = true
    ) -> DataValue {
        if var answer = task.recorded[.getTask] {
            if !hasResult { answer["result"] = nil }
            return RecordedReader.read(answer, as: .structure("cis.task.info"))
        }
        let status = task.status(at: now)
        let isOver = status != .running
        let canceled = VAPIError(.canceled, "task.canceled", "The task was canceled.")
        let text = "\(task.service).\(task.operation)"
        let description = DataValue.structure(
            "com.vmware.vapi.std.localizable_message",
            [
                .init("id", .string(text)), .init("default_message", .string(text)),
                .init("args", .list([])), .init("params", .optional(nil)),
                .init("localized", .optional(nil)),
            ]
        )
        return .structure(
            "com.vmware.cis.task.info",
            [
                .init("progress", .optional(isOver ? nil : progress(task, now))),
                .init("parent", .optional(nil)), .init("target", .optional(nil)),
                .init(
                    "error",
                    .optional(
                        status == .failed ? .error(canceled.wireType, canceled.fields) : nil
                    )
                ),
                .init("description", description), .init("service", .string(task.service)),
                .init("operation", .string(task.operation)),
                .init("status", .string(status.rawValue)),
                .init("cancelable", .boolean(!isOver)),
                .init(
                    "result",
                    .optional(hasResult && status == .succeeded ? .string(task.result) : nil)
                ),
                .init("start_time", .optional(.time(task.start))),
                .init("end_time", .optional(isOver ? .time(task.end) : nil)),
                .init("user", .optional(.string(task.user))),
            ]
        )
    }
}
