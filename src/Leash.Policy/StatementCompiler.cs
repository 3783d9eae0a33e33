using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>
/// Compiles one lowered policy into statements of a plan: once for each shape of request that its actions have, with a truth table that the
/// evaluator fills.
/// </summary>
internal sealed class StatementCompiler(SessionFacts facts, PlanActionMask enforced, DiagnosticBag diagnostics)
{
    private readonly EntityStore _constants = LeashEntities.ConstantsOf(facts);

    /// <summary>The statements; empty after a report.</summary>
    public List<PlanStatement> Compile(CedarPolicy policy, string layer)
    {
        List<PlanStatement> statements = [];
        var actions = ActionsOf(policy);
        if (actions == PlanActionMask.None)
        {
            ReportNoEnforcer(policy);
            return statements;
        }

        var errorsBefore = diagnostics.ErrorCount;
        var operands = OperandsOf(policy);
        var reported = new ReportedPlaces();
        foreach (var shape in Vocabulary.Shapes)
        {
            var mask = actions & Vocabulary.ActionsOf(shape);
            if (mask != PlanActionMask.None)
            {
                Compile(policy, layer, new ShapeOfPolicy(shape, mask, operands), reported, statements);
            }
        }

        if (diagnostics.ErrorCount > errorsBefore)
        {
            return [];
        }

        if (statements.Count == 0)
        {
            diagnostics.Warn(
                LeashCodes.NeverApplies, "the statement never applies", "no request for its actions can satisfy its conditions",
                policy.Span, policy.Source);
        }

        return statements;
    }

    private PlanActionMask ActionsOf(CedarPolicy policy)
    {
        if (policy.Action.Kind == ScopeKind.All)
        {
            return PlanActionMask.All;
        }

        var mask = PlanActionMask.None;
        foreach (var action in policy.Action.Entities)
        {
            mask |= action.Type == Vocabulary.ActionType ? Vocabulary.MembersOf(action.Id) : PlanActionMask.None;
        }

        return mask & enforced;
    }

    private void ReportNoEnforcer(CedarPolicy policy)
    {
        var names = string.Join(", ", policy.Action.Entities.Select(action => $"`{action.Id}`"));
        if (policy.Action.Entities.Any(action => Vocabulary.MembersOf(action.Id) != PlanActionMask.None))
        {
            diagnostics.Error(
                LeashCodes.NoEnforcer, $"{names} is enforced by the HTTP gateway, which is off",
                "run without `--gateway off`, or remove the statement: what it says would not be enforced", policy.Action.Span, policy.Source);
            return;
        }

        diagnostics.Error(
            LeashCodes.NoEnforcer, $"no enforcer in this build governs {(names.Length == 0 ? "an empty list of actions" : names)}",
            "remove the statement: what it says would not be enforced", policy.Action.Span, policy.Source);
    }

    /// <summary>The policy as a conjunction: scopes, then conditions.</summary>
    private static List<Expr> OperandsOf(CedarPolicy policy)
    {
        List<Expr> operands = [];
        AddScope(policy.Principal, Variable.Principal, operands);
        AddScope(policy.Resource, Variable.Resource, operands);
        foreach (var condition in policy.Conditions)
        {
            if (condition.IsUnless)
            {
                operands.Add(new Expr.Unary(UnaryOperator.Not, condition.Body, condition.Body.Span));
            }
            else
            {
                ConditionReducer.Flatten(condition.Body, false, operands);
            }
        }

        return operands;
    }

    private static void AddScope(ScopeConstraint scope, Variable name, List<Expr> operands)
    {
        var variable = new Expr.Var(name, scope.Span);
        Expr Entity() => new Expr.Literal(Value.Of(scope.Entities[0]), scope.Span);
        Expr? operand = scope.Kind switch
        {
            ScopeKind.All => null,
            ScopeKind.Equal => new Expr.Binary(BinaryOperator.Equal, variable, Entity(), scope.Span),
            ScopeKind.In => new Expr.Binary(BinaryOperator.In, variable, Entity(), scope.Span),
            ScopeKind.InSet => new Expr.Binary(
                BinaryOperator.In, variable, new Expr.Literal(Value.SetOf(scope.Entities.Select(e => (Value)Value.Of(e))), scope.Span), scope.Span),
            ScopeKind.Is => new Expr.Is(variable, scope.EntityType!, null, scope.Span),
            ScopeKind.IsIn => new Expr.Is(variable, scope.EntityType!, Entity(), scope.Span),
        };
        if (operand is not null)
        {
            operands.Add(operand);
        }
    }

    private static bool NamesAction(List<Expr> operands) => operands.Any(operand => operand.Names(Variable.Action));

    private void Compile(
        CedarPolicy policy, string layer, ShapeOfPolicy part, ReportedPlaces reported, List<PlanStatement> statements)
    {
        var errorsBefore = diagnostics.ErrorCount;
        var reducer = new ConditionReducer(part.Shape, policy.Source, diagnostics, reported);
        if (reducer.TryReduceConjunction(part.Operands) is { } conjunction)
        {
            if (conjunction.Inputs is { } inputs && HasFewInputs(policy, reducer, reported))
            {
                var table = TableOf(inputs, reducer.Atoms.Count);
                Add(policy, layer, part.Actions, reducer.Atoms, table, statements);
            }

            return;
        }

        var reduced = part.Operands.Select(reducer.Reduce).ToList();
        if (diagnostics.ErrorCount > errorsBefore || !HasFewInputs(policy, reducer, reported))
        {
            return;
        }

        if (!NamesAction(reduced))
        {
            var table = Evaluate(policy, part, FirstOf(part.Actions), reduced, reducer.Atoms.Count, reported);
            Add(policy, layer, part.Actions, reducer.Atoms, table, statements);
            return;
        }

        foreach (var action in part.Actions.Members())
        {
            var table = Evaluate(policy, part, action, reduced, reducer.Atoms.Count, reported);
            Add(policy, layer, action.ToMask(), reducer.Atoms, table, statements);
        }
    }

    private static PlanAction FirstOf(PlanActionMask actions) => (PlanAction)System.Numerics.BitOperations.TrailingZeroCount((uint)actions);

    private static TruthTable TableOf(IReadOnlyList<RequiredInput> inputs, int count) =>
        inputs.Count == count && inputs.All(input => input.Value)
            ? TruthTable.All(count)
            : TruthTable.Create(count, row => inputs.All(input => (row >> input.Input & 1) != 0 == input.Value));

    private bool HasFewInputs(CedarPolicy policy, ConditionReducer reducer, ReportedPlaces reported)
    {
        if (reducer.Atoms.Count <= TruthTable.MaxInputs)
        {
            return true;
        }

        if (reported.Add(policy.Span))
        {
            diagnostics.Error(
                LeashCodes.TooManyTests,
                $"too many independent tests in one statement: {reducer.Atoms.Count}, at most {TruthTable.MaxInputs}",
                "split it: alternatives of a permit or forbid can be statements of their own; literals joined by `||` or in one list count once",
                policy.Span, policy.Source);
        }

        return false;
    }

    /// <summary>Asks the evaluator for each combination of inputs.</summary>
    private TruthTable Evaluate(
        CedarPolicy policy, ShapeOfPolicy part, PlanAction action, List<Expr> operands, int inputs, ReportedPlaces reported)
    {
        List<CompiledExpression> compiled = [.. operands.Select(CompiledExpression.Compile)];
        return TruthTable.Create(inputs, row =>
        {
            var values = new KeyValuePair<string, Value>[inputs];
            for (var i = 0; i < inputs; i++)
            {
                values[i] = new(ConditionReducer.InputName(i), Value.Of((row >> i & 1) != 0));
            }

            var context = Value.RecordOf(values);
            var resource = new EntityUid(Vocabulary.ResourceTypeOf(part.Shape), "");
            var evaluator = new Evaluator(
                new Request(LeashEntities.PrincipalUid, Vocabulary.UidOf(action), resource, context), _constants);
            for (var i = 0; i < operands.Count; i++)
            {
                var result = evaluator.Evaluate(compiled[i]);
                if (result.IsError || result.Value is not BoolValue)
                {
                    ReportFailure(policy, action, operands[i], result, reported);
                    return false;
                }

                if (result.Value == BoolValue.False)
                {
                    return false;
                }
            }

            return true;
        });
    }

    private void ReportFailure(
        CedarPolicy policy, PlanAction action, Expr operand, EvaluationResult result, ReportedPlaces reported)
    {
        var span = result.Error?.Span ?? operand.Span;
        if (!reported.Add(span))
        {
            return;
        }

        var message = result.Error?.Message ?? "a condition must be a bool";
        var help = result.Error?.Kind == EvaluationErrorKind.MissingAttribute
            ? "name only actions that have it in the scope of the policy, or guard it with `has`"
            : null;
        diagnostics.Error(
            LeashCodes.ConditionFails, $"the condition has no value for `{action.Name()}`: {message}", help, span, policy.Source);
    }

    private static void Add(
        CedarPolicy policy, string layer, PlanActionMask actions, IReadOnlyList<PlanAtom> atoms, TruthTable table, List<PlanStatement> statements)
    {
        var (kept, reduced) = InputReduction.Reduce(atoms, table);
        if (reduced.IsNever)
        {
            return;
        }

        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i].Table.Equals(reduced) && SameAtoms(statements[i].Atoms, kept))
            {
                statements[i] = statements[i] with { Actions = statements[i].Actions | actions };
                return;
            }
        }

        var line = policy.Source.GetLineColumn(policy.Span.Start).Line;
        statements.Add(new PlanStatement(
            policy.Id, layer, policy.Effect == Effect.Permit ? PlanEffect.Permit : PlanEffect.Forbid, actions, kept, reduced,
            policy.FindAnnotation("reason"), policy.Source.Name, line));
    }

    private static bool SameAtoms(ImmutableArray<PlanAtom> a, ImmutableArray<PlanAtom> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!a[i].Tests.AsSpan().SequenceEqual(b[i].Tests.AsSpan()))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record ShapeOfPolicy(RequestShape Shape, PlanActionMask Actions, List<Expr> Operands);
}
