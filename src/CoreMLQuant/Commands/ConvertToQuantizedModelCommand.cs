using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Quantizes weights linearly: stores them as integers of a few bits with a scale.</summary>
[Cmdlet(VerbsData.ConvertTo, "QuantizedModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToQuantizedModelCommand : WeightRecipeCommand
{
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

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
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

        return Common(new LinearQuantizationRecipe
        {
            BitWidth = BitWidth,
            Unsigned = Unsigned,
            Mode = Mode,
            Granularity = isBlocked ? Granularity.PerBlock : Granularity,
            BlockSize = BlockSize,
            Fallback = Fallback,
            ActOrder = !NoActOrder,
            IncludeBias = IncludeBias,
            FoldBatchNorm = FoldBatchNorm,
            Int8MatrixMultiply = Int8MatrixMultiply,
        });
    }
}
