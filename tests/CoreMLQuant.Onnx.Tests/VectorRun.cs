using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Runs the cases of an archive and says what is wrong with each that is not within its tolerance.</summary>
internal static class VectorRun
{
    // Expected values that numpy made in FP16 are exact to one unit of it.
    private const double HalfUnit = 1.0 / 1024;

    private const double HalfUnits = 2;

    /// <summary>Runs a case.</summary>
    /// <param name="one">The case.</param>
    /// <param name="arithmetic">FP16 as the program has it, or FP32 throughout.</param>
    /// <param name="sessions">Sessions whose states go on from one call to the next.</param>
    /// <returns>What is wrong; <see langword="null"/> when nothing is.</returns>
    public static string? Check(RunCase one, RunArithmetic arithmetic, SequenceSessions sessions)
    {
        try
        {
            (OnnxTranslation translation, OnnxSession session) = sessions.For(one, arithmetic);
            Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(one.Inputs());
            return one.Outputs().Select(expected => Compare(one, sessions, translation, results, expected.Key, expected.Value)).FirstOrDefault(problem => problem is not null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.GetType().Name + ": " + exception.Message.ReplaceLineEndings(" ");
        }
    }

    private static string? Compare(
        RunCase one, SequenceSessions sessions, OnnxTranslation translation, Dictionary<string, (long[] Shape, double[] Values)> results, string name, NpyArray expected)
    {
        string tensor = translation.Outputs.FirstOrDefault(output => output.Name == name)?.TensorName ?? name;
        if (!results.TryGetValue(tensor, out (long[] Shape, double[] Values) actual))
        {
            return $"no output '{name}'";
        }

        // An array of Core ML has at least one axis.
        if ((one.HasStrictShape ? !expected.Shape.SequenceEqual(actual.Shape) : expected.Values.Length != actual.Values.Length) && !(expected.Values.Length == 1 && actual.Values.Length == 1))
        {
            return $"'{name}' has the shape [{string.Join(", ", actual.Shape)}], expected [{string.Join(", ", expected.Shape)}]";
        }

        // What computes in FP16 anywhere is exact to a few of its units at the largest magnitude.
        bool isHalf = one.IsHalf || sessions.UsesHalf;
        double largest = expected.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double absolute = one.AbsoluteTolerance + (isHalf ? HalfUnits * HalfUnit * largest : 0);
        double relative = one.RelativeTolerance + (isHalf || expected.Type == "f2" ? HalfUnit : 0);
        int wrong = 0;
        string? worst = null;
        double worstExcess = 0;
        for (int i = 0; i < expected.Values.Length; i++)
        {
            double e = expected.Values[i], a = actual.Values[i];
            double excess = double.IsNaN(e) || double.IsInfinity(e)
                ? e.Equals(a) || (isHalf && double.IsInfinity(e) && Math.Abs(a) > 65504) ? 0 : 1
                : Math.Abs(a - e) - (absolute + (relative * Math.Abs(e)));
            if (excess > 0 || double.IsNaN(excess))
            {
                wrong++;
                if (double.IsNaN(excess) || excess > worstExcess || worst is null)
                {
                    worstExcess = excess;
                    worst = string.Format(CultureInfo.InvariantCulture, "'{0}'[{1}] is {2:R}, expected {3:R}", name, i, a, e);
                }
            }
        }

        return wrong > expected.Values.Length * one.MismatchRatio ? $"{wrong} of {expected.Values.Length} wrong: {worst}" : null;
    }
}

/// <summary>Sessions for cases; cases that number calls on one state share the session of the first.</summary>
internal sealed class SequenceSessions : IDisposable
{
    private string _sequence = string.Empty;
    private (OnnxTranslation Translation, OnnxSession Session)? _current;
    private ModelFile? _file;

    /// <summary>Whether the last program has FP16 anywhere, weights included.</summary>
    public bool UsesHalf { get; private set; }

    public (OnnxTranslation Translation, OnnxSession Session) For(RunCase one, RunArithmetic arithmetic)
    {
        string sequence = one.Iteration is > 0 ? one.Test + arithmetic : string.Empty;
        if (_current is { } current && sequence.Length > 0 && sequence == _sequence)
        {
            return current;
        }

        Dispose();
        _file = ModelFile.Open(one.Package());
        UsesHalf = _file.Specification.MlProgram is { } mil && ProgramGraph.Of(mil).SelectMany(program => program.Values).Any(value => value.ElementType == ElementType.Float16);
        OnnxTranslation translation = OnnxTranslator.Translate(_file, new TranslationOptions { Arithmetic = arithmetic });
        _sequence = one.Iteration is null ? string.Empty : one.Test + arithmetic;
        _current = (translation, new OnnxSession(translation));
        return _current.Value;
    }

    public void Dispose()
    {
        _current?.Session.Dispose();
        _current = null;
        _file?.Dispose();
        _file = null;
    }
}
