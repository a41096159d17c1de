using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for convolutions.</summary>
internal static class ConvolutionLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, new Count(1, 2), Count.One, Kind.Convolution)
        {
            // A second input, which brings the weights, came with ranks of any number.
            SinceBySettings = layer => layer.Inputs == 1 ? 1 : 4,
            Ranks = RankRule.From(4),
            Settings = Convolution,
        },
        new(5, Count.One, Count.One, Kind.Convolution3D) { Ranks = RankRule.From(5), Settings = Convolution3D },
    ];

    private static IEnumerable<string> Convolution(LayerContext layer)
    {
        ConvolutionDetails settings = layer.Details.Convolution;
        bool hasWeightsAsInput = layer.Inputs > 1;
        return LayerContext.Unmet(
            (settings.ConvolutionPaddingTypeCase != ConvolutionDetails.ConvolutionPaddingTypeOneofCase.None, "the padding is not set; it is 'valid' or 'same'."),
            (!(hasWeightsAsInput && layer.Layer.Convolution.IsDeconvolution), "a deconvolution takes no weights as second input."),
            (!(hasWeightsAsInput && settings.DilationFactor.Take(2).Any(factor => factor > 1)), "a dilated convolution takes no weights as second input."));
    }

    private static IEnumerable<string> Convolution3D(LayerContext layer)
    {
        Convolution3DDetails settings = layer.Details.Convolution3D;
        (string Name, int Value)[] positive =
        [
            ("inputChannels", settings.InputChannels), ("outputChannels", settings.OutputChannels), ("nGroups", settings.NGroups),
            ("kernelDepth", settings.KernelDepth), ("kernelHeight", settings.KernelHeight), ("kernelWidth", settings.KernelWidth),
            ("strideDepth", settings.StrideDepth), ("strideHeight", settings.StrideHeight), ("strideWidth", settings.StrideWidth),
            ("dilationDepth", settings.DilationDepth), ("dilationHeight", settings.DilationHeight), ("dilationWidth", settings.DilationWidth),
        ];
        (string Name, int Value)[] paddings =
        [
            ("customPaddingFront", settings.CustomPaddingFront), ("customPaddingBack", settings.CustomPaddingBack), ("customPaddingTop", settings.CustomPaddingTop),
            ("customPaddingBottom", settings.CustomPaddingBottom), ("customPaddingLeft", settings.CustomPaddingLeft), ("customPaddingRight", settings.CustomPaddingRight),
        ];
        int shape = settings.OutputShape.Count;
        return Settings.Positive(positive).Concat(Settings.NotNegative(paddings)).Concat(LayerContext.Unmet(
            (shape == 0 || settings.IsDeconvolution, "only a deconvolution has an output shape."),
            (shape is 0 or 3 || !settings.IsDeconvolution, $"the output shape has {shape} dimensions; it has 3, or none when it is not set.")));
    }
}
