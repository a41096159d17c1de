using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Google.Protobuf.Collections;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Editing.Descriptions;

/// <summary>Replaces the class labels of classifiers and detectors, in every stage that has some. Their number and their type stay.</summary>
/// <param name="builder">The plan.</param>
/// <param name="labels">The new labels in order.</param>
internal sealed class ClassLabelEditor(EditBuilder builder, IReadOnlyList<string> labels)
{
    /// <summary>Replaces them.</summary>
    /// <exception cref="EditException">There are none, or another number of them, or they are integers and the new ones are not.</exception>
    public void Run()
    {
        string[] repeated = labels.GroupBy(label => label).Where(group => group.Skip(1).Any()).Select(group => $"'{group.Key}'").ToArray();
        if (repeated.Length > 0)
        {
            builder.Note($"{string.Join(", ", repeated)} {(repeated.Length == 1 ? "is the label" : "are the labels")} of several classes, whose probabilities cannot be told apart in a dictionary");
        }

        bool[] found = PipelineStages.Of(builder.Specification).Select(Edit).ToArray();
        if (!found.Contains(true))
        {
            throw new EditException("The model has no class labels.", "Omit -ClassLabels; only classifiers and non-maximum suppression have labels.");
        }
    }

    private bool Edit(PipelineStage stage)
    {
        Model model = stage.Model;
        return model.TypeCase switch
        {
            ModelCase.NeuralNetworkClassifier => EditNetwork(stage, model.NeuralNetworkClassifier),
            ModelCase.MlProgram => EditProgram(stage, model.MlProgram),
            ModelCase.GlmClassifier => Found(model.GlmClassifier = builder.Details.Edit(model.GlmClassifier, GlmClassifierDetails.Parser, "The classifier", details => Replace(stage, details.StringClassLabels, details.Int64ClassLabels))),
            ModelCase.SupportVectorClassifier => Found(model.SupportVectorClassifier = builder.Details.Edit(model.SupportVectorClassifier, SvmClassifierDetails.Parser, "The classifier", details => Replace(stage, details.StringClassLabels, details.Int64ClassLabels))),
            ModelCase.TreeEnsembleClassifier => Found(model.TreeEnsembleClassifier = builder.Details.Edit(model.TreeEnsembleClassifier, TreeEnsembleModelDetails.Parser, "The classifier", details => Replace(stage, details.StringClassLabels, details.Int64ClassLabels))),
            ModelCase.NonMaximumSuppression => Found(model.NonMaximumSuppression = builder.Details.Edit(model.NonMaximumSuppression, SuppressionDetails.Parser, "The non-maximum suppression", details => Replace(stage, details.StringClassLabels, details.Int64ClassLabels))),
            _ => false,
        };
    }

    private static bool Found(ByteString parameters) => parameters is not null;

    private bool EditNetwork(PipelineStage stage, NeuralNetworkClassifier classifier)
    {
        switch (classifier.ClassLabelsCase)
        {
            case NeuralNetworkClassifier.ClassLabelsOneofCase.StringClassLabels:
                classifier.StringClassLabels = builder.Details.Edit(classifier.StringClassLabels, StringLabels.Parser, "The list of class labels", list => Replace(stage, list, null));
                break;
            case NeuralNetworkClassifier.ClassLabelsOneofCase.Int64ClassLabels:
                classifier.Int64ClassLabels = builder.Details.Edit(classifier.Int64ClassLabels, Int64Labels.Parser, "The list of class labels", list => Replace(stage, null, list));
                break;
        }

        return true;
    }

    private bool Replace(PipelineStage stage, StringLabels? texts, Int64Labels? numbers) =>
        texts is not null ? Replace(stage, texts.Vector, label => label)
        : numbers is not null ? Replace(stage, numbers.Vector, Number)
        : throw new EditException("The model has no class labels.", "Omit -ClassLabels.");

    private bool EditProgram(PipelineStage stage, Program program)
    {
        Value[] classes = ProgramGraph.Of(program)
            .SelectMany(graph => graph.Operations.Where(operation => operation.Type == "classify"))
            .Select(operation => operation.Parameter("classes")
                ?? throw new EditException("The classes of the operation classify are not a constant.", "Use Test-CoreMLModel -Detailed to see what is wrong with the model."))
            .ToArray();
        foreach (Value value in classes)
        {
            TensorValue[] parts = PartsOf(value).ToArray();
            int at = 0;
            Check(parts.Sum(CountOf));
            foreach (TensorValue part in parts)
            {
                string[] own = labels.Skip(at).Take(CountOf(part)).ToArray();
                at += own.Length;
                Assign(stage, part, own);
            }
        }

        return classes.Length > 0;
    }

    private static IEnumerable<TensorValue> PartsOf(Value value) => value.ImmediateValue?.List is { } list
        ? list.Values.SelectMany(PartsOf)
        : value.ImmediateValue?.Tensor is { } tensor ? [tensor] : [];

    private static int CountOf(TensorValue part) => part.ValueCase switch
    {
        TensorValue.ValueOneofCase.Strings => part.Strings.Values.Count,
        TensorValue.ValueOneofCase.LongInts => part.LongInts.Values.Count,
        TensorValue.ValueOneofCase.Ints => part.Ints.Values.Count,
        _ => 0,
    };

    private void Assign(PipelineStage stage, TensorValue part, IReadOnlyList<string> own)
    {
        switch (part.ValueCase)
        {
            case TensorValue.ValueOneofCase.Strings:
                Assign(stage, part.Strings.Values, own, label => label);
                break;
            case TensorValue.ValueOneofCase.LongInts:
                Assign(stage, part.LongInts.Values, own, Number);
                break;
            case TensorValue.ValueOneofCase.Ints:
                Assign(stage, part.Ints.Values, own, label => checked((int)Number(label)));
                break;
        }
    }

    private bool Replace<T>(PipelineStage stage, RepeatedField<T> list, System.Func<string, T> parse)
    {
        Check(list.Count);
        return Assign(stage, list, labels, parse);
    }

    private bool Assign<T>(PipelineStage stage, RepeatedField<T> list, IReadOnlyList<string> own, System.Func<string, T> parse)
    {
        bool isChanged = false;
        for (int i = 0; i < list.Count; i++)
        {
            string before = string.Format(CultureInfo.InvariantCulture, "{0}", list[i]);
            list[i] = parse(own[i]);
            string after = string.Format(CultureInfo.InvariantCulture, "{0}", list[i]);
            if (before != after)
            {
                builder.Add("class label", EditBuilder.PlaceOf(stage), before, after);
                isChanged = true;
            }
        }

        return isChanged;
    }

    private void Check(int count)
    {
        if (count != labels.Count)
        {
            throw new EditException($"There {(labels.Count == 1 ? "is 1 label" : $"are {labels.Count} labels")} for {count} classes.", "Specify a file with one label for each class, in the order of the classes.");
        }
    }

    private static long Number(string label) => long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new EditException($"The labels of the model are integers, and '{label}' is none.", "Specify a file of integers.");
}
