extension FunctionSpec {
    /// The functions that find identifiers by names and paths.
    static let finding: [FunctionSpec] =
        [
            finder(
                "find.vm",
                "Finds the identifier of a machine by its name or path.",
                "a name, or a path such as \"DC0/vm/prod/web-1\" that begins with anything "
                    + "that holds it; an identifier stays what it is",
                "print(assert(find.vm(listVMs()[1].name)))"
            ),
            finder(
                "find.folder",
                "Finds the identifier of a folder by its name or path.",
                "a name, or a path such as \"DC0/vm/prod\" that begins with anything that "
                    + "holds it; an identifier stays what it is",
                "print(assert(find.folder(\"dc-1/vm/templates\")))"
            ),
            finder(
                "find.resourcePool",
                "Finds the identifier of a resource pool by its name or path.",
                "a name, or a path such as \"cluster/pool\" that begins with anything that "
                    + "holds it; a cluster alone stands for its root pool; an identifier stays what it is",
                "print(assert(find.resourcePool(\"cluster-1/build\")))"
            ),
            finder(
                "find.host",
                "Finds the identifier of a host by its name or path.",
                "a name, or a path such as \"cluster/host\" that begins with anything that "
                    + "holds it; an identifier stays what it is",
                "print(assert(find.host(\"cluster-1/esx-1.example.test\")))"
            ),
            finder(
                "find.cluster",
                "Finds the identifier of a cluster by its name or path.",
                "a name, or a path such as \"DC0/cluster\" that begins with anything that "
                    + "holds it; an identifier stays what it is",
                "print(assert(find.cluster(\"dc-1/cluster-1\")))"
            ),
            finder(
                "find.datastore",
                "Finds the identifier of a datastore by its name or path.",
                "a name, or a path such as \"DC0/fast\" that begins with anything that holds "
                    + "it; an identifier stays what it is",
                "print(assert(find.datastore(\"fast\")))"
            ),
            finder(
                "find.network",
                "Finds the identifier of a network by its name or path.",
                "a name, or a path such as \"DC0/VM Network\" that begins with anything that "
                    + "holds it; an identifier stays what it is",
                "print(assert(find.network(\"VM Network\")))"
            ),
            finder(
                "find.datacenter",
                "Finds the identifier of a datacenter by its name or path.",
                "a name, or a path such as \"DC0\" that begins with anything that holds it; an "
                    + "identifier stays what it is",
                "print(assert(find.datacenter(\"dc-1\")))"
            ),
            finder(
                "find.library",
                "Finds the identifier of a content library by its name.",
                "the name; an identifier stays what it is",
                "print(assert(find.library(\"golden\")))"
            ),
        ] + [
            FunctionSpec(
                "placement",
                "Makes the placement of a specification of names and paths.",
                [
                    Parameter(
                        "names",
                        """
                        {folder: string?, resource_pool: string?, host: string?, cluster: string?, \
                        datastore: string?, datacenter: string?}
                        """,
                        "names, paths or identifiers, as find takes them; a pool or a host without a path is "
                            + "looked for in the cluster that is named, anything else in the datacenter"
                    )
                ],
                returns: Result(
                    "{folder: string?, resource_pool: string?, host: string?, cluster: string?, datastore: string?}",
                    "the same fields with identifiers, without datacenter; what is not there is an error here"
                ),
                errors: ["not_found", "ambiguous", "usage"],
                example: """
                    local vm = item("golden/ubuntu-22.04"):checkOut{ name = "patch-{op}",
                      placement = placement{ folder = "dc-1/vm/templates", cluster = "cluster-1", resource_pool = "build" } }
                    print(vm)
                    """,
                receivers: [.session],
                waits: true,
                body: nil
            ),
            FunctionSpec(
                "items",
                "Finds the items whose path fits a pattern.",
                [
                    Parameter(
                        "pattern",
                        "string",
                        "\"library/name\", in which * stands for any part of a name, ** for any part of the path, and ? "
                            + "for one character"
                    ),
                    Parameter(
                        "options",
                        "{type: string?}",
                        "type: only items of this type, such as \"vm-template\"",
                        isOptional: true
                    ),
                ],
                returns: Result(
                    "vmoon.item[]",
                    "item objects in the order of their paths; empty where none fits"
                ),
                errors: ["usage"],
                example: """
                    for _, it in ipairs(items("golden/*", { type = "vm-template" })) do print(it.path, it:latest()) end
                    """,
                receivers: [.session],
                waits: true,
                body: nil
            ),
        ]

    // Whole texts: put together here, they would cost every start.
    private static func finder(
        _ name: String,
        _ summary: String,
        _ path: String,
        _ example: String
    ) -> FunctionSpec {
        FunctionSpec(
            name,
            summary,
            [Parameter("path", "string", path)],
            returns: Result(
                "string",
                "the identifier; nil and an error when there is none",
                otherwise: "nil, vmoon.error"
            ),
            errors: ["ambiguous", "usage"],
            example: example,
            waits: true,
            body: nil
        )
    }
}
