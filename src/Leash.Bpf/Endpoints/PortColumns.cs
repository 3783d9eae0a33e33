using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>
/// The columns of vectors: ports and transports that no test tells apart share one. Ports between two neighbouring bounds of tests are alike.
/// </summary>
internal sealed class PortColumns
{
    private const int BlockSize = 256;

    private readonly int[] _firsts;
    private readonly bool _hasTransports;

    public PortColumns(IEnumerable<PlanTest> tests)
    {
        SortedSet<int> firsts = [0];
        foreach (var test in tests)
        {
            switch (test)
            {
                case PlanTest.PortIn range:
                    firsts.UnionWith([range.First, range.Last + 1]);
                    break;
                case PlanTest.HostPortIs { Port: var port }:
                    firsts.UnionWith([port, port + 1]);
                    break;
                case PlanTest.AddressPortIs { Port: var port }:
                    firsts.UnionWith([port, port + 1]);
                    break;
                case PlanTest.ProtocolIs:
                    _hasTransports = true;
                    break;
            }
        }

        firsts.RemoveWhere(first => first is < 0 or > ushort.MaxValue);
        _firsts = [.. firsts];
    }

    /// <summary>How many rows a vector has.</summary>
    public int Count => _hasTransports ? 2 * _firsts.Length : _firsts.Length;

    /// <summary>Added to the column of a port for UDP.</summary>
    public int UdpOffset => _hasTransports ? _firsts.Length : 0;

    /// <summary>Whether a test on ports and transports alone holds in a column.</summary>
    public bool Holds(PlanTest test, int column)
    {
        var port = _firsts[column % _firsts.Length];
        return test switch
        {
            PlanTest.PortIn range => port >= range.First && port <= range.Last,
            PlanTest.ProtocolIs transport => transport.Protocol == (column >= _firsts.Length ? TransportProtocol.Udp : TransportProtocol.Tcp),
            _ => false,
        };
    }

    /// <summary>Whether a column is of just this port.</summary>
    public bool IsPort(int column, int port) => _firsts[column % _firsts.Length] == port;

    public void Write(PageWriter pages, ref LeashEndpointIndex index)
    {
        Dictionary<string, ushort> known = new(StringComparer.Ordinal);
        List<ushort> columns = [];
        var blocks = new ushort[(ushort.MaxValue + 1) / BlockSize];
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = Enumerable.Range(i * BlockSize, BlockSize).Select(ColumnOfTcp).ToArray();
            var key = string.Join(',', block);
            if (!known.TryGetValue(key, out blocks[i]))
            {
                blocks[i] = (ushort)known.Count;
                known.Add(key, blocks[i]);
                columns.AddRange(block);
            }
        }

        index.PortBlocks = pages.Add<ushort>(blocks, PlanAbi.PageSize);
        index.PortColumns = pages.Add<ushort>(columns.ToArray(), PlanAbi.PageSize);
        index.UdpColumns = (uint)UdpOffset;
        index.Columns = (uint)Count;
    }

    private ushort ColumnOfTcp(int port)
    {
        var at = Array.BinarySearch(_firsts, port);
        return (ushort)(at >= 0 ? at : ~at - 1);
    }
}
