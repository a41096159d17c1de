using System;
using System.Collections.Generic;
using System.Globalization;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Validation.Findings;

/// <summary>Collects findings, each once. For one thread.</summary>
/// <param name="modelPath">Path of the model.</param>
/// <param name="specificationPath">Full path of its specification.</param>
internal sealed class FindingList(string modelPath, string specificationPath)
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<Finding> _known = [];

    /// <summary>The findings in the order in which they were made.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Adds that a rule is broken.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="location">Where.</param>
    /// <param name="message">What was found, one sentence.</param>
    /// <param name="file">The file, when it is not the specification.</param>
    public void Add(ValidationRule rule, string location, string message, string? file = null) => Add(new Finding
    {
        ModelPath = modelPath,
        Severity = ValidationRules.SeverityOf(rule).ToString(),
        Rule = rule.ToString(),
        File = file ?? specificationPath,
        Location = location,
        Message = message,
        Remedy = ValidationRules.RemedyOf(rule),
    });

    /// <summary>Adds what keeps something from being read.</summary>
    public void Add(CoreMLFormatException broken) => Add(broken, broken.Location);

    /// <summary>Adds what keeps something from being read.</summary>
    /// <param name="broken">What was found.</param>
    /// <param name="location">Where.</param>
    public void Add(CoreMLFormatException broken, string? location) => Add(new Finding
    {
        ModelPath = modelPath,
        Severity = nameof(FindingSeverity.Error),
        Rule = broken.Rule.ToString(),
        File = broken.File,
        Location = broken.Offset is { } offset
            ? string.Format(CultureInfo.InvariantCulture, location is null ? "offset {1}" : "{0} at offset {1}", location, offset)
            : location ?? string.Empty,
        Message = broken.Problem,
        Remedy = broken.Remedy ?? "The file is damaged; copy the model again.",
    });

    /// <summary>Reads something of the model; <see langword="null"/> when a rule, which is then added, keeps it from being read, or when there is nothing.</summary>
    public T? Read<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CoreMLFormatException e)
        {
            Add(e);
            return null;
        }
    }

    private void Add(Finding finding)
    {
        if (_known.Add(finding))
        {
            _findings.Add(finding);
        }
    }
}
