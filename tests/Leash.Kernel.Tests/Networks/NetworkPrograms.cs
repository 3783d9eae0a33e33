using Leash.Bpf.Programs;
using Leash.Kernel.Tests.Libbpf;

namespace Leash.Kernel.Tests.Networks;

/// <summary>The programs of cgroups, loaded once for all tests: a session without processes keeps them.</summary>
public sealed class NetworkPrograms : IDisposable
{
    private readonly TemporaryCgroup _cgroup = new();
    private readonly BpfSession _session;

    public NetworkPrograms()
    {
        Shared = BpfPrograms.Start([ProgramComponent.Network], $"leash-test-{Guid.NewGuid():N}");
        _session = Shared.CreateSession(_cgroup.Descriptor, 65536);
    }

    internal BpfPrograms Shared { get; }

    public void Dispose()
    {
        _session.End();
        _session.Dispose();
        Shared.Dispose();
        _cgroup.Dispose();
    }
}

/// <summary>Tests on the programs of cgroups, one after the other.</summary>
[CollectionDefinition(Name)]
public class NetworkTests : ICollectionFixture<NetworkPrograms>
{
    public const string Name = "programs of cgroups";
}
