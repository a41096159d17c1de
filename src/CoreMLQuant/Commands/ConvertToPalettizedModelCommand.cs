using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Palettizes weights: stores them as indices of a few bits into a lookup table.</summary>
[Cmdlet(VerbsData.ConvertTo, "PalettizedModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToPalettizedModelCommand : WeightRecipeCommand
{
    /// <summary>Number of bits of an index: 1, 2, 3, 4, 6 or 8 (a NeuralNetwork also supports 5 and 7).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BitWidthCompleter))]
    public int BitWidth { get; set; } = 4;

    /// <summary>How the entries of the table are found.</summary>
    [Parameter]
    public PalettizationMode Mode { get; set; } = PalettizationMode.KMeans;

    /// <summary>Channels that share a lookup table (iOS 18, macOS 15); without it, one table for each weight.</summary>
    /// <value>None</value>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int GroupSize { get; set; }

    /// <summary>Axis along which channels are grouped; without it, the output channels.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int? ChannelAxis { get; set; }

    /// <summary>Number of values in an entry, along the channel axis (more than 1: iOS 18, macOS 15).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int VectorSize { get; set; } = 1;

    /// <summary>First scales every output channel to the same range (iOS 18, macOS 15).</summary>
    [Parameter]
    public SwitchParameter PerChannelScale { get; set; }

    /// <summary>Stores the lookup tables as Int8 with a scale (iOS 18, macOS 15).</summary>
    [Parameter]
    public SwitchParameter QuantizeLookupTable { get; set; }

    /// <summary>
    /// Script block that returns the table. It receives the values and the bit width of one weight, or one group of its channels, and
    /// returns an object or hashtable with LookupTable and Indices, or two arrays. Implies -Mode Custom.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? LookupTableFunction { get; set; }

    /// <summary>What to do if the group or vector size does not divide a weight.</summary>
    [Parameter]
    public BlockFallback Fallback { get; set; } = BlockFallback.Skip;

    /// <summary>Also palettizes biases and the vectors of normalizations of a NeuralNetwork.</summary>
    [Parameter]
    public SwitchParameter IncludeBias { get; set; }

    /// <summary>First folds batchnorm, scale and bias layers of a NeuralNetwork into the preceding convolution or innerProduct.</summary>
    [Parameter]
    public SwitchParameter FoldBatchNorm { get; set; }

    // A script expects the weights of one model, and then those of the next.
    private protected override bool IsOneByOne => LookupTableFunction is not null || base.IsOneByOne;

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
    {
        bool isCustom = LookupTableFunction is not null && !IsGiven(nameof(Mode));
        if (Mode == PalettizationMode.Unique && IsGiven(nameof(BitWidth)))
        {
            throw new RecipeException("The mode Unique uses as many bits as a weight needs.", "Omit -BitWidth, or use another mode.");
        }

        return Common(new PalettizationRecipe
        {
            BitWidth = BitWidth,
            Mode = isCustom ? PalettizationMode.Custom : Mode,
            GroupSize = GroupSize,
            ChannelAxis = ChannelAxis,
            VectorSize = VectorSize,
            PerChannelScale = PerChannelScale,
            QuantizeLookupTable = QuantizeLookupTable,
            LookupTableFunction = LookupTableFunction is null ? null : new LookupTableScript(LookupTableFunction, Ask).Find,
            Fallback = Fallback,
            IncludeBias = IncludeBias,
            FoldBatchNorm = FoldBatchNorm,
        });
    }
}
