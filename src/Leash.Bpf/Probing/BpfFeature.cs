namespace Leash.Bpf.Probing;

/// <summary>One thing that the kernel programs need, and what came of trying it.</summary>
/// <param name="Id">Stable, for programs: <c>bpf_lsm</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Works">Whether the try succeeded; what cannot be found out does not.</param>
/// <param name="Detail">What happened: the kernel's answer, a version.</param>
/// <param name="Help">How to get it, when it does not work and there is a way.</param>
internal sealed record BpfFeature(string Id, string Title, bool Works, string Detail, string? Help = null);

/// <summary>What this machine's kernel lets programs do, each claim proven by trying.</summary>
internal sealed record BpfReport(IReadOnlyList<BpfFeature> Features)
{
    /// <summary>What every kind of kernel programs needs.</summary>
    public static readonly string[] Common = ["root", "libbpf", "kernel_version", "btf", "ring_buffer"];

    public static readonly string[] Lsm = [.. Common, "cgroup2", "bpf_lsm", "preemption_lsm"];

    public static readonly string[] ModifyReturn = [.. Common, "cgroup2", "bpf_modify_return", "preemption_modify_return"];

    public static readonly string[] Network = [.. Common, "cgroup2", "bpf_cgroup"];

    /// <summary>The first thing missing of those, or null.</summary>
    public BpfFeature? FirstMissing(IEnumerable<string> ids) =>
        ids.Select(id => Features.Single(f => f.Id == id)).FirstOrDefault(f => !f.Works);
}
