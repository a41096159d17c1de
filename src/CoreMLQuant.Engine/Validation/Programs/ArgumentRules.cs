using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for what an operation is given: every entry has a name and something under it, and every argument is one.</summary>
internal static class ArgumentRules
{
    // What is done when the condition holds and otherwise; the condition and the body.
    private const string Branch = "cond", Loop = "while_loop";
    private const int BlocksOfControlFlow = 2;

    /// <summary>Checks the inputs and attributes of an operation.</summary>
    public static void Check(OperationNode operation, OperationPlace location, FindingList findings)
    {
        if (operation.Type.Length == 0)
        {
            findings.Add(ValidationRule.IncompleteEntry, location, "the operation has no type.");
        }

        if (operation.Type is Branch or Loop && operation.Message.Blocks.Count != BlocksOfControlFlow)
        {
            findings.Add(ValidationRule.IncompleteEntry, location, $"{operation.Type} has {operation.Message.Blocks.Count} blocks; it has {BlocksOfControlFlow}.");
        }

        // By index, here and below: enumerators would be objects.
        for (int i = 0; i < operation.Message.InputEntries.Count; i++)
        {
            InputEntry input = operation.Message.InputEntries[i];
            if (input.Key.Length == 0)
            {
                findings.Add(ValidationRule.IncompleteEntry, location, "an input has no name.");
            }
            else if (input.Value is not { Arguments.Count: > 0 })
            {
                findings.Add(ValidationRule.IncompleteEntry, location, $"nothing is given for the input '{input.Key}'.");
            }
            else if (HasUnbound(input.Value))
            {
                findings.Add(ValidationRule.IncompleteEntry, location, $"an argument of the input '{input.Key}' has neither a name nor a value.");
            }
        }

        for (int i = 0; i < operation.Message.AttributeEntries.Count; i++)
        {
            AttributeEntry attribute = operation.Message.AttributeEntries[i];
            if (attribute.Key.Length == 0 || attribute.Value is null)
            {
                findings.Add(ValidationRule.IncompleteEntry, location, attribute.Key.Length == 0 ? "an attribute has no name." : $"the attribute '{attribute.Key}' has no value.");
            }
        }
    }

    private static bool HasUnbound(Argument argument)
    {
        for (int i = 0; i < argument.Arguments.Count; i++)
        {
            if (argument.Arguments[i].BindingCase == Binding.BindingOneofCase.None)
            {
                return true;
            }
        }

        return false;
    }
}
