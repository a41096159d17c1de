using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Quantizes weights linearly: stores them as integers of a few bits with a scale. Activations can be quantized as well.</summary>
[Cmdlet(VerbsData.ConvertTo, "QuantizedModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToQuantizedModelCommand : OutputBoundCommand
{
    private static readonly string[] NeedActivations = [nameof(ActivationMode), nameof(ActivationRangeEstimator), nameof(ActivationPercentile), nameof(MinimumOutputSnr), nameof(MinimumAgreement)];
    private static readonly string[] OfWeights =
    [
        nameof(BitWidth), nameof(Granularity), nameof(BlockSize), nameof(Fallback), nameof(RangeEstimator), nameof(Percentile), nameof(IncludeBias), nameof(FoldBatchNorm),
        nameof(MinimumElementCount), nameof(Method), nameof(NoBiasCorrection), nameof(NoActOrder),
    ];

    /// <summary>Number of bits of an integer: 8 or 4 (a NeuralNetwork also supports 1 to 7).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BitWidthCompleter))]
    public int BitWidth { get; set; } = 8;

    /// <summary>Uses unsigned integers.</summary>
    [Parameter]
    public SwitchParameter Unsigned { get; set; }

    /// <summary>Symmetric: zero in the middle, no offset. Affine: from the smallest value to the largest, with an offset.</summary>
    [Parameter]
    public QuantizationMode Mode { get; set; } = QuantizationMode.Symmetric;

    /// <summary>One scale for the tensor, for each output channel, or for each block (iOS 18, macOS 15).</summary>
    [Parameter]
    public Granularity Granularity { get; set; } = Granularity.PerChannel;

    /// <summary>
    /// Number of values that share a scale: one number applies to the input channels; several specify one for each axis, with 0 for
    /// the whole axis. Implies -Granularity PerBlock.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int[] BlockSize { get; set; } = [32];

    /// <summary>What to do if the block size does not divide a weight.</summary>
    [Parameter]
    public BlockFallback Fallback { get; set; } = BlockFallback.Skip;

    /// <summary>
    /// How the range of each scale is found. MinMax: from the smallest value to the largest. Percentile: without the outermost values, by -Percentile. MeanSquaredError: the range with the
    /// least error, which is never more than with MinMax; with calibration data, errors count by the second moments of the inputs.
    /// </summary>
    [Parameter]
    public RangeEstimator RangeEstimator { get; set; } = RangeEstimator.MinMax;

    /// <summary>
    /// The percentile at which the range of each scale ends, more than 50 and at most 100: 99.9 leaves out one value in 1,000 on both ends. Between two values it is interpolated, so
    /// that in a small block it shortens the range by part of the distance of the outermost values. Implies -RangeEstimator Percentile.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double Percentile { get; set; } = Percentiles.Default;

    /// <summary>
    /// When there is calibration data, compensates errors only in the order in which inputs are stored. Without it, also with the largest inputs first (act-order), which takes twice
    /// the time; each row keeps what is better.
    /// </summary>
    [Parameter]
    public SwitchParameter NoActOrder { get; set; }

    /// <summary>Also quantizes biases and the vectors of normalizations of a NeuralNetwork.</summary>
    [Parameter]
    public SwitchParameter IncludeBias { get; set; }

    /// <summary>First folds batchnorm, scale and bias layers of a NeuralNetwork into the preceding convolution or innerProduct.</summary>
    [Parameter]
    public SwitchParameter FoldBatchNorm { get; set; }

    /// <summary>Makes innerProduct and batchedMatmul layers of a NeuralNetwork multiply in Int8 (iOS 14, macOS 11).</summary>
    [Parameter]
    public SwitchParameter Int8MatrixMultiply { get; set; }

    /// <summary>
    /// Also quantizes activations to this number of bits: 8. An ML Program gets quantize and dequantize operations (iOS 17, macOS 14) and requires data to
    /// calibrate with (-InputPath) or -ActivationRanges. A NeuralNetwork multiplies in Int8, as with -Int8MatrixMultiply, and quantizes activations while it computes.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int ActivationBitWidth { get; set; }

    /// <summary>Symmetric or Affine: how activations are quantized. The integers are unsigned with -Unsigned.</summary>
    /// <value>The value of -Mode</value>
    [Parameter]
    public QuantizationMode? ActivationMode { get; set; }

    /// <summary>
    /// Ranges of activations: a hashtable, or the path of a .json, .yaml, .yml or .psd1 file. Each name of a value has its smallest and its largest value
    /// as rmin and rmax. Implies -ActivationBitWidth 8.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RecipeFileCompleter))]
    public object? ActivationRanges { get; set; }

    /// <summary>How the ranges of activations are found in calibration data; those in -ActivationRanges are used as they are.</summary>
    [Parameter]
    public RangeEstimator ActivationRangeEstimator { get; set; } = RangeEstimator.MeanSquaredError;

    /// <summary>
    /// The percentile at which the range of an activation ends, more than 50 and at most 100: 99.9 leaves out one value in 1,000 on both ends. Implies -ActivationRangeEstimator Percentile.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double ActivationPercentile { get; set; } = Percentiles.Default;

    /// <summary>Quantizes activations only. Weights stay as they are. Implies -ActivationBitWidth 8.</summary>
    [Parameter]
    public SwitchParameter ActivationsOnly { get; set; }

    /// <inheritdoc/>
    private protected override IEnumerable<(string Parameter, string Reason)> WithoutEffect()
    {
        foreach ((string, string) idle in base.WithoutEffect())
        {
            yield return idle;
        }

        if (!UsesCalibration)
        {
            yield return (nameof(NoActOrder), $"no errors are compensated: that requires {CalibrationSource} and -Method Calibrated");
        }

        if (!HasCalibration && ActivationRanges is not null)
        {
            const string Given = "all ranges are those of -ActivationRanges: finding others requires " + CalibrationSource;
            yield return (nameof(ActivationRangeEstimator), Given);
            yield return (nameof(ActivationPercentile), Given);
        }
    }

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
    {
        if (ActivationsOnly && System.Array.Find(OfWeights, IsGiven) is { } parameter)
        {
            throw new RecipeException($"-{parameter} is about weights, and -ActivationsOnly leaves them as they are.", "Omit one of them.");
        }

        ActivationQuantization? activations = Activations();
        return ActivationsOnly
            ? new OptimizationRecipe { Steps = [], Activations = activations, AllowOpsetUpgrade = AllowOpsetUpgrade }
            : Weights() with { Activations = activations };
    }

    private ActivationQuantization? Activations()
    {
        if (!IsGiven(nameof(ActivationBitWidth)) && ActivationRanges is null && !ActivationsOnly)
        {
            return System.Array.Find(NeedActivations, IsGiven) is { } alone
                ? throw new RecipeException($"-{alone} applies to quantized activations.", "Use it with -ActivationBitWidth 8.")
                : null;
        }

        var activations = new ActivationQuantization
        {
            Operations = new OptimizationStep
            {
                Global = new LinearQuantizationRecipe
                {
                    BitWidth = IsGiven(nameof(ActivationBitWidth)) ? ActivationBitWidth : ActivationQuantization.BitWidth,
                    Unsigned = Unsigned,
                    Mode = ActivationMode ?? Mode,
                },
            },
            RangeEstimator = EstimatorOf(nameof(ActivationRangeEstimator), ActivationRangeEstimator, nameof(ActivationPercentile)),
            Percentile = ActivationPercentile,
            MinimumOutputSnr = GivenOutputSnr,
            MinimumAgreement = GivenAgreement,
            Ranges = ActivationRanges is null ? null : RecipeArgument.ReadRanges(ActivationRanges, SessionState.Path),
        };
        if (InputPath.Length == 0 && InputObject.Length == 0)
        {
            activations.RequireNoSamples();
        }

        return activations;
    }

    // A percentile says how ranges are found, unless something else does.
    private RangeEstimator EstimatorOf(string parameter, RangeEstimator estimator, string percentile) => !IsGiven(percentile) ? estimator
        : !IsGiven(parameter) || estimator == RangeEstimator.Percentile ? RangeEstimator.Percentile
        : throw new RecipeException($"-{percentile} applies to -{parameter} Percentile, not {estimator}.", "Omit one of them.");

    private LinearQuantizationRecipe Weights()
    {
        bool isBlocked = IsGiven(nameof(BlockSize));
        if (isBlocked && IsGiven(nameof(Granularity)) && Granularity != Granularity.PerBlock)
        {
            throw new RecipeException($"A block size requires the granularity PerBlock, not {Granularity}.", "Omit -BlockSize or -Granularity.");
        }

        // A recipe may ask for 0 as coremltools does; here, it is more likely a mistake, since PerChannel has a name.
        if (isBlocked && BlockSize.All(size => size == 0))
        {
            throw new RecipeException("A block size must be positive, or one number for each axis with 0 for the whole axis.", "Use blocks of 32, or the granularity PerChannel.");
        }

        return (LinearQuantizationRecipe)Common(new LinearQuantizationRecipe
        {
            BitWidth = BitWidth,
            Unsigned = Unsigned,
            Mode = Mode,
            Granularity = isBlocked ? Granularity.PerBlock : Granularity,
            BlockSize = BlockSize,
            Fallback = Fallback,
            RangeEstimator = EstimatorOf(nameof(RangeEstimator), RangeEstimator, nameof(Percentile)),
            Percentile = Percentile,
            ActOrder = !NoActOrder,
            IncludeBias = IncludeBias,
            FoldBatchNorm = FoldBatchNorm,
            Int8MatrixMultiply = Int8MatrixMultiply,
        });
    }
}
