using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Turns compressed constants into plain ones.</summary>
internal static class PlainConstant
{
    /// <summary>Makes an operation a <c>const</c>: its parameters go, in whatever opset's form they stand; all else stays.</summary>
    /// <param name="operation">A compressed constant with one output.</param>
    /// <param name="value">Its value.</param>
    public static void Turn(Operation operation, Value value)
    {
        foreach (string parameter in OperationSignatures.ParameterNames(operation.Type))
        {
            operation.Attributes.Remove(parameter);
        }

        operation.Type = "const";
        operation.Inputs.Clear();
        operation.Attributes["val"] = value;
    }
}
