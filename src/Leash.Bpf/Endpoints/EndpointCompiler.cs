using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>
/// Compiles the statements on endpoints. A statement with one atom on addresses and names speaks through each of its tests; one that depends on
/// several is evaluated for each combination of them that an address or a name can have, and for each combination of both sides when it asks
/// about both.
/// </summary>
internal sealed class EndpointCompiler : IEndpointCompiler
{
    private readonly List<EndpointStatement> _compounds = [];
    private List<KernelDiagnostic> _diagnostics = [];
    private RowTable _rows = null!;
    private PortColumns _columns = null!;
    private VectorTable _vectors = null!;
    private FiredTable _fired = null!;
    private AddressTree _addresses = null!;
    private NameTree _names = null!;
    private EndpointClasses _classes = null!;
    private RangeSet _v4 = null!;
    private RangeSet _v6 = null!;
    private uint[] _joint = [];
    private bool _isPrepared;

    /// <summary>The classes of names under this plan, once it is compiled.</summary>
    public NameClasses? Names { get; private set; }

    public void Prepare(IReadOnlyList<PlanStatement> statements, RowTable rows, List<KernelDiagnostic> diagnostics)
    {
        (_rows, _diagnostics) = (rows, diagnostics);
        PlanStatement[] network = [.. statements.Where(s => (s.Actions & PlanActionMask.Network) != PlanActionMask.None)];
        _columns = new PortColumns(network.SelectMany(s => s.Atoms).SelectMany(atom => atom.Tests));
        if (_columns.Count > EndpointLimits.Columns)
        {
            Refuse(KernelCodes.TooManyEndpoints, null, $"the policies tell {_columns.Count} kinds of ports apart", "name ranges of ports");
            return;
        }

        _vectors = new VectorTable(rows, _columns.Count);
        _fired = new FiredTable(_vectors);
        _addresses = new AddressTree(_fired);
        _names = new NameTree(_fired);
        var always = network.Aggregate(VectorTable.Empty, (vector, statement) => _vectors.Union(vector, Add(statement)));
        _classes = new EndpointClasses(_vectors, _fired, _compounds, always);
        _v4 = new RangeSet(isV4: true, _addresses.Ranges(isV4: true, _classes.OfAddress));
        _v6 = new RangeSet(isV4: false, _addresses.Ranges(isV4: false, _classes.OfAddress));
        Names = new NameClassBuilder(_names, _fired, _vectors, _classes).Build(Blame);
        if (_classes.JointEntries > EndpointLimits.JointEntries)
        {
            Blame("the policies depend on too many combinations of addresses and names at once", "ask about addresses and names in policies of their own");
        }
        else if (_classes.HasJoint)
        {
            _joint = _classes.Joint();
        }

        CheckSizes();
        _isPrepared = !_diagnostics.Exists(diagnostic => diagnostic.IsError);
    }

    public void Write(PageWriter pages, FinalRows final, ref LeashEndpointIndex index)
    {
        if (!_isPrepared)
        {
            return; // FAIL-CLOSED: a plan without ranges denies every endpoint
        }

        _v4.Write(pages, ref index.V4);
        _v6.Write(pages, ref index.V6);
        _columns.Write(pages, ref index);
        _vectors.Write(pages, final, ref index);
        var addresses = _classes.Addresses;
        index.AddressClasses = pages.Add<LeashAddressClass>(addresses, PlanAbi.PageSize);
        index.AddressClassCount = (uint)addresses.Length;
        var names = _classes.Names;
        index.NameClasses = pages.Add<LeashNameClass>(names, PlanAbi.PageSize);
        index.NameClassCount = (uint)names.Length;
        if (_joint.Length > 0)
        {
            index.Joint = pages.Add<uint>(_joint, sizeof(uint));
            index.JointColumns = (uint)_classes.JointColumns;
        }
    }

    /// <summary>Files a statement's tests. The vector of what it says whatever the address and the name.</summary>
    private int Add(PlanStatement source)
    {
        var statement = new EndpointStatement(source, _rows, _columns);
        if (statement.Inputs == 0 || statement.IsSimple)
        {
            Dictionary<int, int> vectors = [];
            AddTests(statement, (test, _) =>
            {
                var port = EndpointStatement.PortOf(test);
                if (!vectors.TryGetValue(port, out var vector))
                {
                    vectors.Add(port, vector = _vectors.Of(statement.Alone(port)));
                }

                return (new Fired(vector, vector, 0), new Fired(VectorTable.Empty, vector, 0));
            });
            return _vectors.Of(statement.Base());
        }

        var number = _compounds.Count;
        _compounds.Add(statement);
        AddTests(statement, (test, bit) =>
        {
            var atom = new FiredAtom(number, bit, EndpointStatement.PortOf(test), IsBare: false);
            return (_fired.Of(atom), _fired.Of(atom with { IsBare = true }));
        });
        return VectorTable.Empty;
    }

    private void AddTests(EndpointStatement statement, Func<PlanTest, int, (Fired Known, Fired Bare)> say)
    {
        var atoms = statement.Source.Atoms;
        for (var i = 0; i < atoms.Length; i++)
        {
            foreach (var test in atoms[i].Tests.Where(test => EndpointStatement.IsOnAddress(test) || EndpointStatement.IsOnName(test)))
            {
                var (known, bare) = say(test, 1 << i);
                switch (test)
                {
                    case PlanTest.AddressIn address:
                        _addresses.Add(address.Range, known);
                        break;
                    case PlanTest.AddressPortIs address:
                        _addresses.Add(address.Range, known);
                        break;
                    case PlanTest.HostLike like:
                        _names.Add(like, known with { Bare = VectorTable.Empty });
                        AddText(statement.Source, like.Pattern, bare);
                        break;
                    default:
                        _names.Add(test, known with { Bare = VectorTable.Empty });
                        break;
                }
            }
        }
    }

    private void AddText(PlanStatement statement, PlanPattern pattern, Fired bare)
    {
        if (AddressPattern.Ranges(pattern) is not { } ranges)
        {
            Refuse(KernelCodes.AddressPattern, statement, $"`{pattern}` can match the text of addresses that are no range",
                "name ranges with `ip(\"10.0.0.0/8\")`, or a letter that no address has");
            return;
        }

        foreach (var range in ranges)
        {
            _addresses.Add(range, bare);
        }
    }

    private void CheckSizes()
    {
        if (Math.Max(_v4.Count, _v6.Count) > EndpointAbi.MaxRanges || (long)_vectors.Count * _columns.Count > EndpointLimits.VectorRows)
        {
            Blame("the policies tell too many kinds of addresses, names and ports apart", "join ranges of addresses, or ranges of ports");
        }
    }

    /// <summary>Reports what is too much at the statement that asks the most.</summary>
    private void Blame(string message, string help) => Refuse(
        KernelCodes.TooManyEndpoints, _compounds.MaxBy(s => s.Source.Atoms.Sum(atom => atom.Tests.Length))?.Source, message, help);

    private void Refuse(string code, PlanStatement? statement, string message, string help) =>
        _diagnostics.Add(new KernelDiagnostic(code, statement, message, help));
}
