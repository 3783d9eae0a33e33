using System.Collections.Immutable;

namespace Cedar.Syntax;

/// <summary>How operators are called, in Cedar syntax and in the JSON policy format alike.</summary>
internal static class BinaryOperators
{
    public static ImmutableArray<BinaryOperator> All { get; } = [.. Enum.GetValues<BinaryOperator>()];

    /// <summary>The sign, or the name of the method.</summary>
    public static string Name(this BinaryOperator operation) => operation switch
    {
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.In => "in",
        BinaryOperator.Contains => "contains",
        BinaryOperator.ContainsAll => "containsAll",
        BinaryOperator.ContainsAny => "containsAny",
        BinaryOperator.HasTag => "hasTag",
        BinaryOperator.GetTag => "getTag",
    };

    public static BinaryOperator? Find(string name)
    {
        foreach (var operation in All)
        {
            if (operation.Name() == name)
            {
                return operation;
            }
        }

        return null;
    }
}
