using System.Collections.Generic;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>The end of a classifier. Its label and its dictionary are no tensors; <see cref="ClassifierOutputs"/> gives out the probabilities instead.</summary>
internal static class ClassifierForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        new OperationForm("classify", _ => []) { Trap = "The label is picked from the probabilities outside the graph." },
    ];
}
