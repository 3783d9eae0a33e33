namespace Leash.Plan.Deciding;

/// <summary>
/// What a statement on connecting says about a name before address, port and transport are known. Tests on those are open: they may turn out
/// either way.
/// </summary>
internal static class DnsQuestion
{
    private enum Knowledge
    {
        False,
        True,

        /// <summary>Depends on port or transport.</summary>
        Open,

        /// <summary>Depends on the address.</summary>
        OpenAddress,
    }

    /// <summary>
    /// For a permit: whether it can be meant for the name. It must be satisfiable, and either name the host or not hang on the address:
    /// permission for an address range is not permission to ask about any name, or every name could be asked and data sent out with it.
    /// For a forbid: whether it is satisfied whatever address, port and transport turn out to be.
    /// </summary>
    public static bool CoversName(PlanStatement statement, DnsFacts request, Func<PlanTest, RequestFacts, bool> holds)
    {
        Span<Knowledge> known = stackalloc Knowledge[TruthTable.MaxInputs];
        var namesHost = false;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            known[i] = Know(statement.Atoms[i], request, holds, ref namesHost);
        }

        known = known[..statement.Atoms.Length];
        return statement.Effect == PlanEffect.Permit
            ? CanBe(statement.Table, known, true, namesHost)
            : !CanBe(statement.Table, known, false, true);
    }

    /// <summary>Whether a statement on queries is satisfied.</summary>
    public static bool IsSatisfied(PlanStatement statement, DnsFacts request, Func<PlanTest, RequestFacts, bool> holds)
    {
        var row = 0;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            row |= Any(statement.Atoms[i], request, holds) ? 1 << i : 0;
        }

        return statement.Table[row];
    }

    /// <summary>Whether a statement on queries is satisfied for some record type.</summary>
    public static bool CanApply(PlanStatement statement, DnsFacts request, Func<PlanTest, RequestFacts, bool> holds)
    {
        Span<Knowledge> known = stackalloc Knowledge[TruthTable.MaxInputs];
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            known[i] = statement.Atoms[i].Domain == TestDomain.Dns ? Knowledge.Open
                : Any(statement.Atoms[i], request, holds) ? Knowledge.True : Knowledge.False;
        }

        return CanBe(statement.Table, known[..statement.Atoms.Length], true, true);
    }

    private static Knowledge Know(
        PlanAtom atom, DnsFacts request, Func<PlanTest, RequestFacts, bool> holds, ref bool namesHost)
    {
        var result = Knowledge.False;
        foreach (var test in atom.Tests)
        {
            switch (test)
            {
                case PlanTest.PortIn or PlanTest.ProtocolIs:
                    result = Knowledge.Open;
                    break;
                case PlanTest.HostPortIs host:
                    if (host.Name == request.Name)
                    {
                        namesHost = true;
                        result = Knowledge.Open;
                    }

                    break;
                case PlanTest.AddressIn or PlanTest.AddressPortIs:
                    result = result == Knowledge.False ? Knowledge.OpenAddress : result;
                    break;
                default:
                    if (holds(test, request))
                    {
                        namesHost |= test.Domain == TestDomain.Endpoint;
                        return Knowledge.True;
                    }

                    break;
            }
        }

        return result;
    }

    private static bool CanBe(TruthTable table, ReadOnlySpan<Knowledge> known, bool value, bool mayAssumeAddress)
    {
        for (var row = 0; row < table.Rows; row++)
        {
            if (table[row] == value && Agrees(row, known, mayAssumeAddress))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Agrees(int row, ReadOnlySpan<Knowledge> known, bool mayAssumeAddress)
    {
        for (var i = 0; i < known.Length; i++)
        {
            var isSet = (row >> i & 1) != 0;
            var isPossible = known[i] switch
            {
                Knowledge.False => !isSet,
                Knowledge.True => isSet,
                Knowledge.Open => true,
                Knowledge.OpenAddress => !isSet || mayAssumeAddress,
            };
            if (!isPossible)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Any(PlanAtom atom, DnsFacts request, Func<PlanTest, RequestFacts, bool> holds)
    {
        foreach (var test in atom.Tests)
        {
            if (holds(test, request))
            {
                return true;
            }
        }

        return false;
    }
}
