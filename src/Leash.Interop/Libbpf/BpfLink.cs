namespace Leash.Interop.Libbpf;

/// <summary>
/// An attachment. It keeps its program loaded. It ends when the last descriptor and the last pin are gone, so an unpinned link that is
/// disposed is detached.
/// </summary>
internal sealed class BpfLink : IDisposable
{
    internal BpfLink(LinkFd descriptor) => Descriptor = descriptor;

    public LinkFd Descriptor { get; }

    /// <summary>What the kernel knows of it.</summary>
    public BpfLinkInfo Info => BpfInfo.Get<BpfLinkInfo>(Descriptor);

    public static BpfLink OpenPinned(string path) =>
        new(new LinkFd(LibbpfCalls.Check(LibbpfCalls.bpf_obj_get(path), $"open the pinned link `{path}`")));

    public void Pin(string path) => LibbpfCalls.Check(LibbpfCalls.bpf_obj_pin(Descriptor, path), $"pin a link as `{path}`");

    /// <summary>Ends a cgroup's attachment whoever else holds it; kernels cannot do it with other kinds.</summary>
    public void Detach() => LibbpfCalls.Check(LibbpfCalls.bpf_link_detach(Descriptor), "detach a link");

    public void Dispose() => Descriptor.Dispose();
}
