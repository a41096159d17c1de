using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>A stage that is being prepared: its parameters and the names of its features.</summary>
/// <param name="Model">The stage.</param>
/// <param name="Reader">Reads its parameters.</param>
internal sealed record StageContext(Model Model, DetailReader Reader)
{
    /// <summary>What the stage says of itself.</summary>
    public ModelDescription Description { get; } = Model.Description ?? new ModelDescription();

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs => Description.Input.Select(input => input.Name).ToArray();

    /// <summary>The only input, or the first.</summary>
    public string Input => Inputs.FirstOrDefault() ?? throw new NotTranslatableException("it has no input.");

    /// <summary>The only output, or the first that a classifier does not take for its probabilities.</summary>
    public FeatureDescription Output => Description.Output.FirstOrDefault() ?? throw new NotTranslatableException("it has no output.");

    /// <summary>Reads parameters.</summary>
    /// <exception cref="NotTranslatableException">There are too many.</exception>
    public T Read<T>(ByteString parameters, MessageParser<T> parser)
        where T : IMessage<T> => Reader.LengthOf(parameters) <= DetailReader.MaxLength
            ? Reader.Read(parameters, parser, "the stage's parameters")
            : throw new NotTranslatableException("its parameters are larger than 64 MB.");

    /// <summary>Labels as texts.</summary>
    public static string[] Labels(StringLabels? texts, Int64Labels? numbers) =>
        texts?.Vector.ToArray() ?? numbers?.Vector.Select(number => number.ToString(CultureInfo.InvariantCulture)).ToArray() ?? [];

    /// <summary>Gives numbers out as the output is declared: one number or an array.</summary>
    public void Give(StageFeatures features, double[] numbers)
    {
        FeatureType type = Output.Type ?? new FeatureType();
        features.Add(Output.Name, type.TypeCase switch
        {
            FeatureType.TypeOneofCase.DoubleType when numbers.Length == 1 => numbers[0],
            FeatureType.TypeOneofCase.Int64Type when numbers.Length == 1 => (long)numbers[0],
            FeatureType.TypeOneofCase.DictionaryType => Sparse(numbers),
            _ => new StageArray(numbers, [numbers.Length]),
        });
    }

    /// <summary>Gives out a classifier's label and the probabilities of all.</summary>
    public void GiveClass(StageFeatures features, IReadOnlyList<string> labels, bool areNumbers, double[] probabilities)
    {
        if (labels.Count != probabilities.Length)
        {
            throw new StageException($"there are {labels.Count} labels for {probabilities.Length} probabilities.");
        }

        int best = 0;
        var byLabel = new Dictionary<string, double>();
        for (int i = 0; i < probabilities.Length; i++)
        {
            byLabel[labels[i]] = probabilities[i];
            best = probabilities[i] > probabilities[best] ? i : best;
        }

        features.Add(Description.PredictedFeatureName, areNumbers ? long.Parse(labels[best], CultureInfo.InvariantCulture) : labels[best]);
        if (Description.PredictedProbabilitiesName.Length > 0)
        {
            features.Add(Description.PredictedProbabilitiesName, byLabel);
        }
    }

    private static Dictionary<string, double> Sparse(double[] numbers) => Enumerable.Range(0, numbers.Length)
        .Where(i => numbers[i] != 0).ToDictionary(i => i.ToString(CultureInfo.InvariantCulture), i => numbers[i]);
}
