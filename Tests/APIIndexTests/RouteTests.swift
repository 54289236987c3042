import APIIndex
import Testing

/// Requests as operations.
struct RouteTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let request: String
        let operation: String?

        var testDescription: String { request }

        init(_ request: String, _ operation: String?) {
            self.request = request
            self.operation = operation
        }
    }

    static let rows = [
        Row("GET /vcenter/vm", "vcenter.VM.list"),
        Row("GET /vcenter/vm?filter.names=a", "vcenter.VM.list"),
        Row("GET /vcenter/vm/vm-1", "vcenter.VM.get"),
        Row("DELETE /vcenter/vm/vm-1", "vcenter.VM.delete"),
        Row("POST /vcenter/vm", "vcenter.VM.create"),
        Row("POST /vcenter/vm?action=clone", "vcenter.VM.clone"),
        Row("POST /vcenter/vm?action=clone&vmw-task=true", "vcenter.VM.clone"),
        Row("PATCH /vcenter/vm/vm-1/hardware/cpu", "vcenter.vm.hardware.cpu.update"),
        Row("GET /vcenter/vm/vm-1/hardware/disk", "vcenter.vm.hardware.disk.list"),
        Row("POST /vcenter/vm/vm-1/power/start", "vcenter.vm.power.start"),
        Row("POST /vcenter/vm/vm-1/power?action=start", "vcenter.vm.power.start"),
        Row("GET /content/library/item?library_id=l", "content.library.item.list"),
        Row("GET /com/vmware/content/library/id:l", "content.library.get"),
        Row("POST /com/vmware/content/library/item?~action=find", "content.library.item.find"),
        Row(
            "POST /vcenter/vm-template/library-items/i/check-outs/vm-1?action=check-in",
            "vcenter.vm_template.library_items.check_outs.check_in"
        ),
        Row(
            "POST /vcenter/vm-template/library-items/i/versions/2?action=rollback",
            "vcenter.vm_template.library_items.versions.rollback"
        ),
        Row("GET /nothing/at/all", nil), Row("GET /", nil), Row("GET ?", nil),
        Row("POST /vcenter/vm/vm-1?action=paint", nil), Row("PUT /vcenter/vm/vm-1", nil),
        // One of several, and nothing tells which.
        Row("POST /vcenter/vm/vm-1", nil),
    ]

    @Test(arguments: rows) func `a request is the operation that it can only be`(_ row: Row) {
        let words = row.request.split(separator: " ", maxSplits: 1).map(String.init)
        let found = APIFacts.operation(method: words[0], path: words[1])
        #expect(found?.fullName == row.operation)
    }
}
