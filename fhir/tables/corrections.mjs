// Where the package's definitions are not those of R4 4.0.1: it holds R5 in places and adds elements
// of its own server. Found by comparing every element with HL7's publication
// (conformance/hapi/README.md says how).

export const notInR4 = new Set([
  'MetadataResource', 'SubscriptionStatus',
  'Binary.url', 'DeviceDefinition.bodySite', 'DeviceDefinition.classification', 'Meta.account',
  'Meta.accounts', 'Meta.author', 'Meta.compartment', 'Meta.onBehalfOf', 'Meta.project',
  'ObservationDefinition.publisher', 'ResearchStudy.associatedParty', 'ResearchStudy.classifier',
  'ResearchStudy.comparisonGroup', 'ResearchStudy.descriptionSummary', 'ResearchStudy.label',
  'ResearchStudy.name', 'ResearchStudy.objective.description', 'ResearchStudy.outcomeMeasure',
  'ResearchStudy.progressStatus', 'ResearchStudy.recruitment', 'ResearchStudy.region',
  'ResearchStudy.result', 'ResearchStudy.studyDesign', 'ResearchStudy.whyStopped',
]);

// Elements, in the notation of fhir/schema_table.h.
export const elements = {
  'AuditEvent.source.observer':
    'observer:Reference(PractitionerRole|Practitioner|Organization|Device|Patient|RelatedPerson)!',
  'Bundle.entry.response.outcome': 'outcome:Resource',
  'DetectedIssue.status': 'status:code=observation-status!',
  'MeasureReport.subject':
    'subject:Reference(Patient|Practitioner|PractitionerRole|Location|Device|RelatedPerson|Group)',
  'ResearchStudy.site': 'site:Reference(Location)*',
};

// Whole rows; the other rows of the type are left out.
export const rows = {
  EvidenceVariable: 'url:uri+ identifier:Identifier*+ version:string+ name:string+ title:string+ ' +
    'shortTitle:string+ subtitle:string status:code=publication-status!+ date:dateTime+ ' +
    'publisher:string+ contact:ContactDetail*+ description:markdown+ note:Annotation* ' +
    'useContext:UsageContext*+ jurisdiction:CodeableConcept*+ copyright:markdown ' +
    'approvalDate:date lastReviewDate:date effectivePeriod:Period+ topic:CodeableConcept* ' +
    'author:ContactDetail* editor:ContactDetail* reviewer:ContactDetail* ' +
    'endorser:ContactDetail* relatedArtifact:RelatedArtifact* type:code=variable-type+ ' +
    'characteristic:EvidenceVariable.characteristic!*+',
  'EvidenceVariable.characteristic': 'description:string ' +
    'definition[x]:Reference(Group),canonical,CodeableConcept,Expression,DataRequirement,' +
    'TriggerDefinition!+ usageContext:UsageContext* exclude:boolean ' +
    'participantEffective[x]:dateTime,Period,Duration,Timing timeFromStart:Duration ' +
    'groupMeasure:code=group-measure',
};
export const valueSets = ['observation-status', 'publication-status', 'variable-type', 'group-measure'];
