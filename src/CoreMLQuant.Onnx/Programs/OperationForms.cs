using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Programs.Operations;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Every operation of ML Programs that has a translation, by its type.</summary>
internal static class OperationForms
{
    private static readonly Dictionary<string, OperationForm> ByType = new[]
    {
        ElementwiseForms.All,
        ComparisonForms.All,
        ActivationForms.All,
        ConvolutionForms.All,
        PoolingForms.All,
        NormalizationForms.All,
        LinearForms.All,
        ReductionForms.All,
        RecurrentForms.All,
        GatherForms.All,
        ScatterForms.All,
        TensorForms.All,
        ShapeForms.All,
        BlockShapeForms.All,
        SliceForms.All,
        ResizeForms.All,
        SamplingForms.All,
        ControlFlowForms.All,
        ListForms.All,
        StateForms.All,
        ClassifierForms.All,
        DetectionForms.All,
        RandomForms.All,
        QuantizationForms.All,
    }.SelectMany(forms => forms).ToDictionary(form => form.Type, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IEnumerable<OperationForm> All => ByType.Values;

    /// <summary>How an operation is written; <see langword="null"/> when it has no translation.</summary>
    public static OperationForm? Find(string type) => ByType.TryGetValue(type, out OperationForm? form) ? form : null;
}
