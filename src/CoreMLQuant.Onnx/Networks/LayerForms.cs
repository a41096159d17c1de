using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Networks.Layers;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>Every kind of layer of NeuralNetworks that has a translation.</summary>
internal static class LayerForms
{
    private static readonly Dictionary<Kind, LayerForm> ByKind = new[]
    {
        ConvolutionForms.All,
        PoolingForms.All,
        ActivationForms.All,
        UnaryForms.All,
        BinaryForms.All,
        LogicForms.All,
        AffineForms.All,
        NormalizationForms.All,
        RecurrentForms.All,
        ReductionForms.All,
        ReshapeForms.All,
        AxisForms.All,
        JoiningForms.All,
        SliceForms.All,
        PaddingForms.All,
        ResizeForms.All,
        GatherForms.All,
        ScatterForms.All,
        OrderForms.All,
        GeneratorForms.All,
        RandomForms.All,
        DetectionForms.All,
        ControlFlowForms.All,
    }.SelectMany(forms => forms).ToDictionary(form => form.Kind);

    /// <summary>All of them.</summary>
    public static IEnumerable<LayerForm> All => ByKind.Values;

    /// <summary>How a kind is written; <see langword="null"/> when it has no translation.</summary>
    public static LayerForm? Find(Kind kind) => ByKind.TryGetValue(kind, out LayerForm? form) ? form : null;
}
