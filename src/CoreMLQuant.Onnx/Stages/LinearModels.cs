using System;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Generalized linear models.</summary>
internal static class LinearModels
{
    private const int None = 0, RegressorLogit = 1, ClassifierLogit = 0, ReferenceClass = 0;

    /// <summary>A number for each row of weights.</summary>
    public static Action<StageFeatures> Regressor(StageContext stage)
    {
        GlmRegressorDetails model = stage.Read(stage.Model.GlmRegressor, GlmRegressorDetails.Parser);
        if (model.PostEvaluationTransform is not (None or RegressorLogit))
        {
            throw new NotTranslatableException("its probit transform is not computed.");
        }

        Func<double[], double[]> scores = Scores(model.Weights, model.Offset);
        return features =>
        {
            double[] numbers = scores(features.Joined(stage.Inputs));
            stage.Give(features, model.PostEvaluationTransform == None ? numbers : numbers.Select(ClassScores.Logistic).ToArray());
        };
    }

    /// <summary>Probabilities by classes against the first, or each against the rest.</summary>
    public static Action<StageFeatures> Classifier(StageContext stage)
    {
        GlmClassifierDetails model = stage.Read(stage.Model.GlmClassifier, GlmClassifierDetails.Parser);
        if (model.PostEvaluationTransform != ClassifierLogit)
        {
            throw new NotTranslatableException("its probit transform is not computed.");
        }

        string[] labels = StageContext.Labels(model.StringClassLabels, model.Int64ClassLabels);
        bool areNumbers = model.ClassLabelsCase == GlmClassifierDetails.ClassLabelsOneofCase.Int64ClassLabels;
        Func<double[], double[]> scores = Scores(model.Weights, model.Offset);
        return features =>
        {
            double[] numbers = scores(features.Joined(stage.Inputs));
            stage.GiveClass(features, labels, areNumbers, numbers.Length == 1 || model.ClassEncoding == ReferenceClass
                ? ClassScores.Softmax([0, .. numbers])
                : ClassScores.Shares(numbers.Select(ClassScores.Logistic).ToArray()));
        };
    }

    private static Func<double[], double[]> Scores(System.Collections.Generic.IEnumerable<DoubleArrayDetails> weights, System.Collections.Generic.IReadOnlyList<double> offsets)
    {
        double[][] rows = weights.Select(row => row.Value.ToArray()).ToArray();
        return x => rows.Select((row, i) => row.Length == x.Length
            ? row.Zip(x, (weight, number) => weight * number).Sum() + (i < offsets.Count ? offsets[i] : 0)
            : throw new StageException($"the model has {row.Length} weights for {x.Length} numbers.")).ToArray();
    }
}
