internal import JSON

/// Tasks: each cloning operation makes one, already finished.
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
                hasResult: call.spec.boolean("exclude_result") != true
            )
        },

        Route(.cancelTask, service, "cancel", "POST", one, action: "cancel") {
            call,
            inventory throws(VAPIError) in
            let task = try task(call.parameters[0], in: inventory)
            throw VAPIError(
                .notAllowedInCurrentState,
                "task.finished",
                "The task \(task.id) is finished.",
                [task.id]
            )
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
                    && call.admits("status", "SUCCEEDED") && call.admits("targets", nil)
            }.map {
                ($0.id, info(of: $0, hasResult: options?.boolean("exclude_result") != true))
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

    private static func info(of task: TaskRecord, hasResult: Bool = true) -> DataValue {
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
                .init("progress", .optional(nil)), .init("parent", .optional(nil)),
                .init("target", .optional(nil)), .init("error", .optional(nil)),
                .init("description", description), .init("service", .string(task.service)),
                .init("operation", .string(task.operation)), .init("status", .string("SUCCEEDED")),
                .init("cancelable", .boolean(false)),
                .init("result", .optional(hasResult ? .string(task.result) : nil)),
                .init("start_time", .optional(.time(task.start))),
                .init("end_time", .optional(.time(task.end))),
                .init("user", .optional(.string(task.user))),
            ]
        )
    }
}
